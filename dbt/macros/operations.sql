{#- What the house knows of itself: the journal of syncs and builds, the raw streams, the tests of the project. -#}

{#- What the house writes itself: no streams, so nobody waits for their rows. -#}
{% macro own_schemas() %}{{ return(['raw_operations', 'raw_forecast']) }}{% endmacro %}

{#-
  Columns {name: type} of a table that the house writes itself, the journal or the forecasts. It is made by the first row
  that is written; where nothing has been written yet (a raw file of syncs alone, a Snowflake that another runner builds),
  there are no rows.
-#}
{% macro own_rows(schema, table, columns) -%}
    {%- set relation = load_relation(source(schema, table)) if execute else none -%}
    select
        {%- for name, type in columns.items() %}
        {{ name if relation else 'cast(null as ' ~ type ~ ') as ' ~ name }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    {% if relation -%} from {{ relation }} {%- else -%} where 1 = 0 {%- endif %}
{%- endmacro %}

{#- Rows, newest row and newest extraction of the raw streams that do not date their rows. -#}
{% macro undated_streams() %}
    {%- set dated = dated_streams() | map(attribute='input') | list -%}
    {%- set streams = [] -%}
    {%- for source in (graph.get('sources', {}).values() if execute else []) | sort(attribute='unique_id') -%}
        {%- set input = source.schema ~ '.' ~ source.name -%}
        {%- if input not in dated and source.schema not in own_schemas() -%}
            {%- do streams.append({'input': input, 'relation': source.relation_name}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(streams) }}
{% endmacro %}

{% macro count_undated_streams() %}
    {%- for stream in undated_streams() %}
    select
        '{{ stream.input }}' as input,
        count(*) as raw_rows,
        {{ to_utc('max(_airbyte_extracted_at)') }} as last_extracted_at
    from {{ stream.relation }}
    {% if not loop.last %}union all{% endif %}
    {%- else %}
    select '' as input, 0 as raw_rows, {{ now_utc() }} as last_extracted_at
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{#- The data tests of the project: what they test, and whether their failure ends a build. -#}
{% macro project_tests() %}
    select *
    from (
        values
        {%- for test in (graph.nodes.values() if execute else []) | selectattr('resource_type', 'equalto', 'test')
            | sort(attribute='unique_id') %}
        (
            '{{ test.unique_id }}', '{{ test.name }}', '{{ (test.test_metadata or {}).get("name", "singular") }}',
            {{ "'" ~ test.attached_node.split('.')[-1] ~ "'" if test.attached_node else 'null' }},
            {{ "'" ~ test.column_name ~ "'" if test.column_name else 'null' }},
            '{{ test.config.severity | lower }}'
        ){% if not loop.last %},{% endif %}
        {%- else %}
        (null, null, null, null, null, null)
        {%- endfor %}
    ) as tests (test_id, test_name, test_kind, tested_model, tested_column, severity)
{% endmacro %}

{#- The newest instant (UTC) that an incremental model has in a column; none on a first or full build, or without rows. -#}
{% macro newest_in_model(column) %}
    {%- if execute and is_incremental() -%}
        {{ return(run_query('select max(' ~ column ~ ') from ' ~ this).columns[0].values()[0]) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
