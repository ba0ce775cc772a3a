{#-
  The days of a mart of generation. `key`: the column that tells its series apart; `words`: {column: aggregate} of what
  else is said of them.
-#}
{% macro generation_by_day(mart, key, words, days) -%}
with

generation as (

    select
        *,
        {{ minutes_between('period_start_at', 'period_end_at') }} / 60.0 as hours
    from {{ ref(mart) }}
    where {{ in_days(days, day='date_paris') }}

),

paris_days as (

    select * from {{ ref('int_paris_days') }}

),

by_day as (

    select
        {{ key }},
        {%- for column, aggregate in words.items() %}
        {{ aggregate }} as {{ column }},
        {%- endfor %}
        date_paris,
        sum(generation_mw * hours) / 1000 as generation_gwh,
        sum(generation_mw * hours) / sum(case when generation_mw is not null then hours end) as generation_mean_mw,
        min(generation_mw) as generation_min_mw,
        max(generation_mw) as generation_max_mw,
        coalesce(sum(case when generation_mw is not null then hours end), 0) as known_hours
    from generation
    group by {{ key }}, date_paris

),

final as (

    select
        by_day.{{ key }},
        {%- for column in words %}
        by_day.{{ column }},
        {%- endfor %}
        paris_days.day_start_at as period_start_at,
        paris_days.day_end_at as period_end_at,
        cast(by_day.date_paris as timestamp) as period_start_paris,
        by_day.date_paris,
        cast(by_day.generation_gwh as double) as generation_gwh,
        cast(by_day.generation_mean_mw as double) as generation_mean_mw,
        by_day.generation_min_mw,
        by_day.generation_max_mw,
        cast(by_day.known_hours as double) / paris_days.hours as completeness
    from by_day
    inner join paris_days on by_day.date_paris = paris_days.date_paris

)

select * from final
{%- endmacro %}
