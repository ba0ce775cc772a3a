{%- set inputs = ['raw_weather.forecast_runs_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

points as (

    select
        *,
        true as is_forecast
    from {{ ref('stg_weather__forecast_runs_hourly') }}
    where {{ in_days(days, instant='raw_instant', after=1) }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

{{ region_hours(days, also=['forecast_model', 'issued_at']) }},

final as (

    select
        region_hours.forecast_model,
        region_hours.issued_at,
        {{ region_hour_columns() }},
        cast({{ hours_between('region_hours.issued_at', 'region_hours.period_start_at') }} as integer) as lead_hours
    from region_hours
    inner join regions on region_hours.region_code = regions.region_code

)

select * from final
