{%- set inputs = ['raw_energy_charts.public_power_forecast'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

forecasts as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = 'public_power_forecast'
        and reject_reason is null
        and {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        ec_area as country,
        series as production_type,
        series_detail as forecast_kind,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        resolution_minutes,
        series_value as forecast_mw,
        read_at
    from forecasts

)

select * from final
