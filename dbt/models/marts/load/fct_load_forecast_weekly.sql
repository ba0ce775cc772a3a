{%- set inputs = ['raw_rte.consumption_weekly_forecasts'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

forecasts as (

    select
        *,
        source_updated_at as issued_at
    from {{ ref('stg_rte__consumption_weekly_forecasts') }}
    where
        not is_phantom_label
        and {{ in_days(days, instant='raw_instant') }}

),

-- the peak is of the day, and told in each of its rows
peaks as (

    select
        issued_at,
        date_paris,
        max(peak_at) as day_peak_at,
        max(peak_forecast_mw) as day_peak_mw,
        max(peak_temperature_celsius) as day_peak_temperature_celsius,
        max(peak_deviation_celsius) as day_peak_deviation_celsius
    from forecasts
    group by issued_at, date_paris

),

periods as (

    {{ whole_days_of('forecasts', ['issued_at'], 30) }}

),

final as (

    select
        periods.issued_at,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        forecasts.forecast_mw,
        cast({{ days_between('cast(' ~ to_paris('periods.issued_at') ~ ' as date)', 'periods.date_paris') }} as integer)
            as days_ahead,
        peaks.day_peak_at,
        peaks.day_peak_mw,
        peaks.day_peak_temperature_celsius,
        peaks.day_peak_deviation_celsius
    from periods
    inner join peaks
        on
            periods.issued_at = peaks.issued_at
            and periods.date_paris = peaks.date_paris
    left join forecasts
        on
            periods.issued_at = forecasts.issued_at
            and periods.period_start_at = forecasts.period_start_at

)

select * from final
