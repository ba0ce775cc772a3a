{%- set inputs = ['raw_weather.historical_forecast_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

points as (

    select
        *,
        true as is_forecast
    from {{ ref('stg_weather__historical_forecast_hourly') }}
    where {{ in_days(days, instant='raw_instant', after=1) }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

{{ region_hours(days) }},

final as (

    select
        {{ region_hour_columns() }}
    from region_hours
    inner join regions on region_hours.region_code = regions.region_code

)

select * from final
