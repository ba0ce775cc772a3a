{#-
  The tests of the hourly build look at the newest days of the marts that grow: with ten years loaded they would read ten
  years each hour. HEXAWATT_TEST_DAYS says how many days; where it isn't set (the first build of a day, `dbt test` by hand,
  the test suite) every row is tested. The same holds for the staging of time series. Overrides dbt's own macro.
-#}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- set tested = graph.nodes.get(model.attached_node) if execute else none -%}
    {%- set test_days = env_var('HEXAWATT_TEST_DAYS', '') -%}
    {%- set dated_by = 'date_paris' if tested and tested.config.get('inputs')
        else 'raw_instant' if tested and 'raw_instant' in tested.columns -%}
    {%- if test_days and dated_by -%}
        {%- set recent = dated_by ~ ' >= ' ~ plus_days('cast(' ~ now_utc() ~ ' as date)', -(test_days | int)) -%}
        {%- set where = recent ~ (' and (' ~ where ~ ')' if where else '') -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ where }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
