{%- set inputs = ['raw_weather.archive_daily', 'raw_weather.forecast_daily'] -%}
{%- set values = [
    'temperature_mean_celsius', 'temperature_min_celsius', 'temperature_max_celsius', 'precipitation_mm', 'snowfall_cm',
    'sunshine_hours', 'irradiation_kwh_per_m2', 'wind_speed_10m_max_m_per_s', 'wind_gust_10m_max_m_per_s',
    'evapotranspiration_mm'
] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

archive as (

    select * from {{ ref('stg_weather__archive_daily') }}
    where {{ in_days(days, day='date_paris') }}

),

forecast as (

    select * from {{ ref('stg_weather__forecast_daily') }}
    where {{ in_days(days, day='date_paris') }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

-- The archive names its newest days before it has values for them: a row without any value doesn't count.
points as (

    select
        *,
        false as is_forecast
    from archive
    where coalesce({{ values | join(', ') }}) is not null
    union all
    select
        *,
        true as is_forecast
    from forecast
    where coalesce({{ values | join(', ') }}) is not null

),

best as (

    select * from points
    qualify row_number() over (partition by point_id, date_paris order by is_forecast) = 1

),

-- weights are shared out again among the points that have a value
weighted as (

    select
        region_code,
        date_paris,
        {%- for column in values %}
        sum(region_weight * {{ column }})
        / nullif(sum(case when {{ column }} is not null then region_weight end), 0) as {{ column }},
        {%- endfor %}
        max(case when is_forecast then 1 else 0 end) = 1 as is_forecast
    from best
    group by region_code, date_paris

),

final as (

    select
        weighted.region_code,
        regions.region_name,
        cast(weighted.date_paris as timestamp) as period_start_at,
        cast({{ plus_days('weighted.date_paris', 1) }} as timestamp) as period_end_at,
        {{ to_paris('cast(weighted.date_paris as timestamp)') }} as period_start_paris,
        weighted.date_paris,
        {%- for column in values %}
        weighted.{{ column }},
        {%- endfor %}
        weighted.is_forecast
    from weighted
    inner join regions on weighted.region_code = regions.region_code

)

select * from final
