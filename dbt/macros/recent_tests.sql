{#-
  The tests of the hourly build look at the newest days of the marts that grow, and at older ones whose raw rows were read
  within a day: with ten years loaded they would read ten years each hour. HEXAWATT_TEST_DAYS says how many days; where it
  isn't set (the first build of a day, `dbt test` by hand, the test suite) every row is tested. The staging of time series
  is tested on the newest days alone. Overrides dbt's own macro.
-#}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- set tested = graph.nodes.get(model.attached_node) if execute else none -%}
    {%- if tested and env_var('HEXAWATT_TEST_DAYS', '') -%}
        {%- set recent = recent_rows(tested, env_var('HEXAWATT_TEST_DAYS') | int) -%}
        {%- set where = [recent, where] | select | join(') and (') -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where ({{ where }})) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#- The condition on a model's rows, '' where all are to be tested. -#}
{% macro recent_rows(tested, test_days) %}
    {%- set first_day = plus_days('cast(' ~ now_utc() ~ ' as date)', -test_days) -%}
    {%- if tested.config.get('inputs') -%}
        {%- set schema = generate_schema_name('intermediate', none) -%}
        {%- set built_days = api.Relation.create(tested.database, schema, 'int_built_days') -%}
        {%- set query -%}
            select distinct date_paris
            from {{ built_days }}
            where
                model = '{{ tested.name }}' and date_paris < {{ first_day }}
                and newest_extracted_at > {{ plus_minutes(now_utc(), -24 * 60) }}
            order by date_paris
        {%- endset -%}
        {%- set older = runs_of_days(run_query(query).columns[0].values()) -%}
        {{ return('date_paris >= ' ~ first_day ~ ' or ' ~ in_days(older, day='date_paris')) }}
    {%- endif -%}
    {{ return('raw_instant >= ' ~ first_day if 'raw_instant' in tested.columns else '') }}
{% endmacro %}
