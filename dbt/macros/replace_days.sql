{#-
  The incremental strategy of all growing marts: the days that changed (macros/change_tracking.sql) are deleted and put in
  anew. So a row that has gone from the raw tables goes from the mart too, and building twice changes nothing.

  A model in which a day depends on the day before sets `days_after=1` and gives that day more, in_days(.., after=1).

  A model whose values the source revises says so:
      revised={'entity': ['border_code'], 'values': ['ntc_export_mw', 'ntc_import_mw']}
  Then what changed is logged in fct_revision before it is replaced. `entity`: the grain less period_start_at.
-#}
{% macro get_incremental_replace_days_sql(arg_dict) %}
    {%- set target, new = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set names = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set days = changed_days(config.require('inputs')) -%}
    {%- set revised = config.get('revised') -%}
    {%- if revised %}
    {{ log_revisions(target, new, days, revised, arg_dict['dest_columns'] | map(attribute='name') | map('lower') | list) }};
    {%- endif %}
    delete from {{ target }} where {{ in_days(days, day='date_paris', after=config.get('days_after', 0)) }};
    insert into {{ target }} ({{ names }}) select {{ names }} from {{ new }}
{% endmacro %}

{#-
  One row for each value that is no longer what it was. A value that appears for the first time is no revision, unless it
  had been withdrawn before. Sums of the same parts may differ in their last digits, which is no revision either.
-#}
{% macro log_revisions(target, new, days, revised, columns) %}
    {%- set log = ref('fct_revision') -%}
    {%- set entity -%}
        {%- for column in revised['entity'] %}cast(old.{{ column }} as varchar){% if not loop.last %} || ' ' || {% endif %}{% endfor -%}
    {%- endset -%}
    insert into {{ log }} (
        mart, entity, measure, period_start_at, period_start_paris, date_paris, old_value, new_value, value_change,
        seen_at, source_updated_at, logged_at
    )
    {%- for measure in revised['values'] %}
    select
        '{{ target.name | lower }}', {{ entity or "''" }}, '{{ measure }}', old.period_start_at, old.period_start_paris, old.date_paris,
        old.{{ measure }}, new.{{ measure }}, new.{{ measure }} - old.{{ measure }},
        coalesce({{ 'new.read_at' if 'read_at' in columns else 'null' }}, {{ now_utc() }}),
        {{ 'new.source_updated_at' if 'source_updated_at' in columns else 'cast(null as timestamp)' }},
        {{ now_utc() }}
    from {{ target }} as old
    left join {{ new }} as new
        on old.period_start_at = new.period_start_at
        {%- for column in revised['entity'] %}
        and old.{{ column }} = new.{{ column }}
        {%- endfor %}
    where
        {{ in_days(days, day='old.date_paris') }}
        and (
            abs(old.{{ measure }} - new.{{ measure }}) > 0.000001
            or (old.{{ measure }} is not null and new.{{ measure }} is null)
            or (
                old.{{ measure }} is null and new.{{ measure }} is not null
                and exists (
                    select 1 from {{ log }} as withdrawn
                    where
                        withdrawn.mart = '{{ target.name | lower }}'
                        and withdrawn.entity = {{ entity or "''" }}
                        and withdrawn.measure = '{{ measure }}'
                        and withdrawn.period_start_at = old.period_start_at
                )
            )
        )
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}
