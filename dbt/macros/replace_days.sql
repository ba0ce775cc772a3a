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
    {%- set replaced = in_days(days, day='date_paris', after=config.get('days_after', 0)) -%}
    {%- set revised = config.get('revised') -%}
    {%- set statements -%}
    {%- if revised %}
    {{ log_revisions(target, new, replaced, revised, arg_dict['dest_columns'] | map(attribute='name') | map('lower') | list) }};
    {%- endif %}
    delete from {{ target }} where {{ replaced }};
    insert into {{ target }} ({{ names }}) select {{ names }} from {{ new }};
    {%- endset -%}
    {{ return(all_or_nothing(statements)) }}
{% endmacro %}

{#- dbt runs a model of DuckDB in a transaction; Snowflake commits each statement by itself unless told otherwise. -#}
{% macro all_or_nothing(statements) %}{{ return(adapter.dispatch('all_or_nothing')(statements)) }}{% endmacro %}

{% macro default__all_or_nothing(statements) %}{{ return(statements) }}{% endmacro %}

{#- The emulator of the tests has no transactions of several statements. -#}
{% macro snowflake__all_or_nothing(statements) %}
    {{ return(statements if target.name == 'fakesnow' else 'begin;\n' ~ statements ~ '\ncommit;') }}
{% endmacro %}

{#-
  One row for each value that is no longer what it was. A value that appears for the first time is no revision, unless it
  had been withdrawn before. Sums of the same parts may differ in their last digits, which is no revision either.
-#}
{% macro log_revisions(target, new, replaced, revised, columns) %}
    {%- set log = ref('fct_revision') -%}
    {%- set mart = target.name | lower -%}
    {%- set entity_parts = [] -%}
    {%- for column in revised['entity'] -%}
        {%- do entity_parts.append('cast(coalesce(old.' ~ column ~ ', new.' ~ column ~ ') as varchar)') -%}
    {%- endfor -%}
    {%- set entity = entity_parts | join(" || ' ' || ") or "''" -%}
    insert into {{ log }} (
        mart, entity, measure, period_start_at, period_start_paris, date_paris, old_value, new_value, value_change,
        seen_at, source_updated_at, logged_at
    )
    {%- for measure in revised['values'] %}
    select
        '{{ mart }}', {{ entity }}, '{{ measure }}',
        {%- for column in ['period_start_at', 'period_start_paris', 'date_paris'] %}
        coalesce(old.{{ column }}, new.{{ column }}),
        {%- endfor %}
        old.{{ measure }}, new.{{ measure }}, new.{{ measure }} - old.{{ measure }},
        coalesce({{ 'new.read_at' if 'read_at' in columns else 'null' }}, {{ now_utc() }}),
        {{ 'new.source_updated_at' if 'source_updated_at' in columns else 'cast(null as timestamp)' }},
        {{ now_utc() }}
    from (select * from {{ target }} where {{ replaced }}) as old
    full join {{ new }} as new
        on old.period_start_at = new.period_start_at
        {%- for column in revised['entity'] %}
        and old.{{ column }} = new.{{ column }}
        {%- endfor %}
    left join (
        select distinct entity, period_start_at from {{ log }}
        where mart = '{{ mart }}' and measure = '{{ measure }}' and new_value is null and {{ replaced }}
    ) as withdrawn
        on withdrawn.period_start_at = coalesce(old.period_start_at, new.period_start_at)
        and withdrawn.entity = {{ entity }}
    where
        abs(old.{{ measure }} - new.{{ measure }}) > 0.000001
        or (old.{{ measure }} is not null and new.{{ measure }} is null)
        or (old.{{ measure }} is null and new.{{ measure }} is not null and withdrawn.entity is not null)
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}
