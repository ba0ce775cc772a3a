{%- set inputs = ['raw_weather.archive_hourly', 'raw_weather.forecast_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

points as (

    select * from {{ ref('int_weather_points') }}
    where {{ in_days(days, instant='raw_instant', after=1) }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

{{ region_hours(days) }},

final as (

    select
        region_hours.region_code,
        regions.region_name,
        region_hours.period_start_at,
        region_hours.period_end_at,
        region_hours.period_start_paris,
        region_hours.date_paris,
        region_hours.temperature_celsius,
        region_hours.wind_speed_10m_m_per_s,
        region_hours.wind_speed_100m_m_per_s,
        region_hours.irradiance_w_per_m2,
        region_hours.cloud_cover_pct,
        region_hours.precipitation_mm,
        region_hours.snowfall_cm,
        region_hours.is_forecast
    from region_hours
    inner join regions on region_hours.region_code = regions.region_code

)

select * from final
