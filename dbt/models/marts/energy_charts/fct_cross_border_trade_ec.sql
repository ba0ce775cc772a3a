{%- set inputs = ['raw_energy_charts.cross_border_trade'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country', 'neighbour'], 'values': ['net_import_mw']}
) }}
{%- set days = changed_days(inputs) %}

{{ energy_charts_net_import('cross_border_trade', days) }}
