{%- set inputs = ['fct_generation_unit'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

{{ generation_by_day(
    'fct_generation_unit',
    key='unit_eic_code',
    words={
        'unit_name': 'max_by(unit_name, period_start_at)',
        'production_type': 'max_by(production_type, period_start_at)'
    },
    days=days
) }}
