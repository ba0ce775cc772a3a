{{ config(materialized='view') }}

{%- set values = [
    'temperature_celsius', 'wind_speed_10m_m_per_s', 'wind_speed_100m_m_per_s', 'cloud_cover_pct',
    'irradiance_w_per_m2', 'precipitation_mm', 'snowfall_cm'
] -%}
{%- set columns = ['point_id', 'region_code', 'region_weight'] + values + ['valid_at', 'fetched_at', 'raw_instant'] %}

with

archive as (

    select * from {{ ref('stg_weather__archive_hourly') }}

),

forecast as (

    select * from {{ ref('stg_weather__forecast_hourly') }}

),

-- The archive names its newest hours before it has values for them: a row without any value doesn't count.
both_sources as (

    select
        {{ columns | join(',\n        ') }},
        false as is_forecast
    from archive
    where coalesce({{ values | join(', ') }}) is not null
    union all
    select
        {{ columns | join(',\n        ') }},
        true as is_forecast
    from forecast
    where coalesce({{ values | join(', ') }}) is not null

),

final as (

    select * from both_sources
    qualify row_number() over (
        partition by point_id, raw_instant
        order by is_forecast
    ) = 1

)

select * from final
