{#- Schemas carry the names the project gives them (staging, intermediate, marts), on every target, without a prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
