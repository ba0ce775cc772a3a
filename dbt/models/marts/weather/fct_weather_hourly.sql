{%- set inputs = ['raw_weather.archive_hourly', 'raw_weather.forecast_hourly'] -%}
{%- set instants = [
    'temperature_celsius', 'wind_speed_10m_m_per_s', 'wind_speed_100m_m_per_s', 'cloud_cover_pct'
] -%}
{%- set hours = ['irradiance_w_per_m2', 'precipitation_mm', 'snowfall_cm'] -%}
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

-- A stamp tells two things: the weather at that instant, which opens the hour after it, and what fell and shone
-- during the hour before it. Put each into the hour it belongs to.
by_hour as (

    select
        region_code,
        region_weight,
        is_forecast,
        true as is_instant,
        valid_at as period_start_at,
        {{ instants | join(',\n        ') }},
        {%- for column in hours %}
        cast(null as double) as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from points
    union all
    select
        region_code,
        region_weight,
        is_forecast,
        false as is_instant,
        {{ plus_minutes('valid_at', -60) }} as period_start_at,
        {%- for column in instants %}
        cast(null as double) as {{ column }},
        {%- endfor %}
        {{ hours | join(',\n        ') }}
    from points

),

dated as (

    select
        *,
        {{ to_paris('period_start_at') }} as period_start_paris,
        cast({{ to_paris('period_start_at') }} as date) as date_paris
    from by_hour

),

changed as (

    select * from dated
    where {{ in_days(days, day='date_paris') }}

),

-- weights are shared out again among the points that have a value
weighted as (

    select
        region_code,
        period_start_at,
        period_start_paris,
        date_paris,
        {%- for column in instants + hours %}
        sum(region_weight * {{ column }})
        / nullif(sum(case when {{ column }} is not null then region_weight end), 0) as {{ column }},
        {%- endfor %}
        max(case when is_forecast then 1 else 0 end) = 1 as is_forecast
    from changed
    group by region_code, period_start_at, period_start_paris, date_paris
    having max(case when is_instant then 1 else 0 end) = 1

),

final as (

    select
        weighted.region_code,
        regions.region_name,
        weighted.period_start_at,
        {{ plus_minutes('weighted.period_start_at', 60) }} as period_end_at,
        weighted.period_start_paris,
        weighted.date_paris,
        weighted.temperature_celsius,
        weighted.wind_speed_10m_m_per_s,
        weighted.wind_speed_100m_m_per_s,
        weighted.irradiance_w_per_m2,
        weighted.cloud_cover_pct,
        weighted.precipitation_mm,
        weighted.snowfall_cm,
        weighted.is_forecast
    from weighted
    inner join regions on weighted.region_code = regions.region_code

)

select * from final
