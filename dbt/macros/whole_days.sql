{#-
  All intervals, of so many minutes, of each Paris day on which an entity has any row: 92, 96 or 100 quarters. Joined to
  the rows it shows what the source left out as NULL.
-#}
{% macro whole_days_of(rows, entity, minutes) -%}
    {%- set start = plus_minutes('days.day_start_at', minutes ~ ' * numbers.n') -%}
    select
        {% for column in entity -%}
        days.{{ column }},
        {% endfor -%}
        days.date_paris,
        {{ start }} as period_start_at,
        {{ plus_minutes(start, minutes) }} as period_end_at,
        {{ to_paris(start) }} as period_start_paris
    from (
        select distinct
            {% for column in entity -%}
            {{ column }},
            {% endfor -%}
            date_paris,
            {{ paris_to_utc('cast(date_paris as timestamp)') }} as day_start_at,
            {{ paris_to_utc('cast(' ~ plus_days('date_paris', 1) ~ ' as timestamp)') }} as day_end_at
        from {{ rows }}
    ) as days
    inner join ({{ numbers(2) }}) as numbers on {{ start }} < days.day_end_at
{%- endmacro %}
