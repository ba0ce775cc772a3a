{%- set inputs = ['fct_air_quality_hourly', 'fct_weather_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

hourly as (

    select * from {{ ref('fct_air_quality_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

stations as (

    select * from {{ ref('dim_air_station') }}

),

pollutants as (

    select * from {{ ref('air_quality_pollutants') }}

),

weather as (

    select * from {{ ref('fct_weather_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

final as (

    select
        hourly.station_id,
        stations.station_label,
        stations.time_zone,
        hourly.pollutant,
        pollutants.pollutant_label,
        hourly.unit,
        hourly.period_start_at,
        hourly.period_end_at,
        hourly.period_start_paris,
        hourly.date_paris,
        hourly.period_start_local,
        hourly.date_local,
        cast(extract(hour from hourly.period_start_local) as integer) as hour_local,
        hourly.concentration,
        hourly.rejection,
        weather.temperature_celsius,
        weather.wind_speed_10m_m_per_s,
        weather.is_forecast as is_weather_forecast
    from hourly
    inner join stations on hourly.station_id = stations.station_id
    left join pollutants on hourly.pollutant = pollutants.pollutant
    left join weather
        on
            stations.region_code = weather.region_code
            and hourly.period_start_at = weather.period_start_at

)

select * from final
