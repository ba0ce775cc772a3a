{%- set inputs = [
    'raw_energy_charts.public_power',
    'raw_energy_charts.total_power',
    'raw_energy_charts.public_power_forecast',
    'raw_energy_charts.day_ahead_prices',
    'raw_energy_charts.cross_border_flows',
    'raw_energy_charts.cross_border_trade',
] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

validated as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        reject_reason is not null
        and {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        raw_stream,
        ec_area,
        series,
        series_detail,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        series_value,
        unit,
        reject_reason,
        read_at
    from validated

)

select * from final
