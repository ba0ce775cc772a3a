{%- set inputs = ['raw_rte.consumption_weekly_forecasts'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

forecasts as (

    select * from {{ ref('stg_rte__consumption_weekly_forecasts') }}
    where
        not is_phantom_label
        and {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        source_updated_at as issued_at,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        forecast_mw,
        cast({{ days_between('cast(' ~ to_paris('source_updated_at') ~ ' as date)', 'date_paris') }} as integer)
            as days_ahead,
        peak_at as day_peak_at,
        peak_forecast_mw as day_peak_mw,
        peak_temperature_celsius as day_peak_temperature_celsius,
        peak_deviation_celsius as day_peak_deviation_celsius
    from forecasts

)

select * from final
