{%- set inputs = ['raw_energy_charts.total_power'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country', 'production_type'], 'values': ['power_mw']}
) }}
{%- set days = changed_days(inputs) %}

{{ energy_charts_power('total_power', days) }}
