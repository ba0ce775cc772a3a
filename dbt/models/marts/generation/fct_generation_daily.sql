{%- set inputs = ['fct_generation'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

{{ generation_by_day(
    'fct_generation',
    key='production_type',
    words={'production_type_label': 'max(production_type_label)'},
    days=days
) }}
