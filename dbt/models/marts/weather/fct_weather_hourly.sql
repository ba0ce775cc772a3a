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
        {{ region_hour_columns() }},
        region_hours.is_forecast
    from region_hours
    inner join regions on region_hours.region_code = regions.region_code

)

select * from final
