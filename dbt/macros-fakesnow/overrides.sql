{#-
  What dbt-snowflake asks and the emulator can't do. Loaded by DBT_EXTRA_MACROS=macros-fakesnow, in tests only;
  real Snowflake runs dbt-snowflake's own macros.
-#}

{#- no temporary tables with three-part names -#}
{% macro snowflake__create_table_temporary_sql(relation, compiled_code) -%}
    {{ snowflake__create_table_transient_sql(relation, compiled_code) }}
{%- endmacro %}

{#- the parser stops at column comments and at apostrophes -#}
{% macro snowflake__alter_column_comment(relation, column_dict) -%}select 1{%- endmacro %}

{% macro snowflake__alter_relation_comment(relation, relation_comment) -%}select 1{%- endmacro %}

{#- VALUES must say which side they come from; no explicit transaction -#}
{% macro snowflake__get_merge_sql(target, source_sql, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = dest_columns | map(attribute='quoted') | list -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key %}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source_sql }} as DBT_INTERNAL_SOURCE
    on {% for key in keys %}{% if not loop.first %} and {% endif -%}
        DBT_INTERNAL_SOURCE.{{ key }} = DBT_INTERNAL_DEST.{{ key }}
    {%- endfor %}
    when matched then update set
        {% for name in names %}{{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{% if not loop.last %}, {% endif %}{% endfor %}
    when not matched then insert ({{ names | join(', ') }})
    values ({% for name in names %}DBT_INTERNAL_SOURCE.{{ name }}{% if not loop.last %}, {% endif %}{% endfor %})
{%- endmacro %}
