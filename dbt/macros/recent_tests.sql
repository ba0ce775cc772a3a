{#-
  The tests of the hourly build look at the newest days of the marts that grow: with ten years loaded they would read ten
  years each hour. `--vars '{test_days: 45}'` asks for that; without it (the first build of a day, `dbt test` by hand, the
  test suite) every row is tested. Standard override of dbt's own macro.
-#}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- set tested = graph.nodes.get(model.attached_node) if execute else none -%}
    {%- set test_days = var('test_days', none) -%}
    {%- if test_days and tested and tested.config.get('inputs') -%}
        {%- set recent = 'date_paris >= ' ~ plus_days('cast(' ~ now_utc() ~ ' as date)', -test_days) -%}
        {%- set where = recent ~ (' and (' ~ where ~ ')' if where else '') -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ where }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
