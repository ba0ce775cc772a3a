{%- set inputs = ['raw_energy_charts.public_power'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country', 'production_type'], 'values': ['power_mw']}
) }}
{%- set days = changed_days(inputs) %}

{{ energy_charts_power('public_power', days) }}
