{%- set inputs = ['fct_weather_hourly', 'raw_odre.temperature_quotidienne_regionale'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

hourly as (

    select * from {{ ref('fct_weather_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

odre as (

    select * from {{ ref('stg_odre__temperature_quotidienne_regionale') }}
    where {{ in_days(days, day='date_paris') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}
    where {{ in_days(days, day='date_paris') }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

daily as (

    select
        region_code,
        date_paris,
        count(temperature_celsius) as temperature_hours,
        avg(temperature_celsius) as temperature_mean_celsius,
        min(temperature_celsius) as temperature_min_celsius,
        max(temperature_celsius) as temperature_max_celsius,
        avg(wind_speed_100m_m_per_s) as wind_speed_100m_mean_m_per_s,
        max(wind_speed_100m_m_per_s) as wind_speed_100m_max_m_per_s,
        avg(cloud_cover_pct) as cloud_cover_mean_pct,
        count(irradiance_w_per_m2) as irradiance_hours,
        sum(irradiance_w_per_m2) / 1000 as irradiation_kwh_per_m2,
        count(precipitation_mm) as precipitation_hours,
        sum(precipitation_mm) as precipitation_mm,
        count(snowfall_cm) as snowfall_hours,
        sum(snowfall_cm) as snowfall_cm,
        max(case when is_forecast then 1 else 0 end) = 1 as is_forecast
    from hourly
    group by region_code, date_paris

),

region_days as (

    select
        region_code,
        date_paris
    from daily
    union distinct
    select
        region_code,
        date_paris
    from odre

),

-- a sum counts once all hours of the day are there
final as (

    select
        region_days.region_code,
        regions.region_name,
        calendar.period_start_at,
        calendar.period_end_at,
        calendar.period_start_paris,
        region_days.date_paris,
        cast(coalesce(daily.temperature_hours, 0) as double) / calendar.hours as temperature_completeness,
        daily.temperature_mean_celsius,
        daily.temperature_min_celsius,
        daily.temperature_max_celsius,
        odre.temperature_mean_celsius as odre_temperature_mean_celsius,
        odre.temperature_min_celsius as odre_temperature_min_celsius,
        odre.temperature_max_celsius as odre_temperature_max_celsius,
        daily.wind_speed_100m_mean_m_per_s,
        daily.wind_speed_100m_max_m_per_s,
        daily.cloud_cover_mean_pct,
        case when daily.irradiance_hours = calendar.hours then daily.irradiation_kwh_per_m2 end
            as irradiation_kwh_per_m2,
        case when daily.precipitation_hours = calendar.hours then daily.precipitation_mm end as precipitation_mm,
        case when daily.snowfall_hours = calendar.hours then daily.snowfall_cm end as snowfall_cm,
        daily.is_forecast
    from region_days
    inner join regions on region_days.region_code = regions.region_code
    inner join calendar on region_days.date_paris = calendar.date_paris
    left join daily
        on region_days.region_code = daily.region_code and region_days.date_paris = daily.date_paris
    left join odre
        on region_days.region_code = odre.region_code and region_days.date_paris = odre.date_paris

)

select * from final
