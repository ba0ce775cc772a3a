{#- Staging of a stream with a row for each point and hour. -#}
{% macro hourly_weather_points(stream) -%}
with

source as (

    select * from {{ source('raw_weather', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['point_id', 'time'], revised='fetched_at') }}

),

renamed as (

    select
        -- ids
        point_id,
        region_code,

        {{ hourly_weather_values() }},

        -- timestamps
        {{ to_utc('time') }} as valid_at,
        {{ to_utc('fetched_at') }} as fetched_at,
        time as raw_instant

    from newest

)

select * from renamed
{%- endmacro %}

{#- The numbers of an hourly stream. -#}
{% macro hourly_weather_values() %}
        -- numbers: at the instant
        cast(region_weight as double) as region_weight,
        cast(temperature_2m as double) as temperature_celsius,
        cast(wind_speed_10m as double) as wind_speed_10m_m_per_s,
        cast(wind_speed_100m as double) as wind_speed_100m_m_per_s,
        cast(cloud_cover as double) as cloud_cover_pct,

        -- numbers: over the hour before the instant
        cast(shortwave_radiation as double) as irradiance_w_per_m2,
        cast(precipitation as double) as precipitation_mm,
        cast(snowfall as double) as snowfall_cm
{%- endmacro %}

{#- Staging of a stream with a row for each point and day. -#}
{% macro daily_weather_points(stream) -%}
with

source as (

    select * from {{ source('raw_weather', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['point_id', 'date'], revised='fetched_at') }}

),

renamed as (

    select
        -- ids
        point_id,
        region_code,

        -- numbers
        cast(region_weight as double) as region_weight,
        cast(temperature_2m_mean as double) as temperature_mean_celsius,
        cast(temperature_2m_min as double) as temperature_min_celsius,
        cast(temperature_2m_max as double) as temperature_max_celsius,
        cast(precipitation_sum as double) as precipitation_mm,
        cast(snowfall_sum as double) as snowfall_cm,
        cast(sunshine_duration as double) / 3600 as sunshine_hours,
        cast(shortwave_radiation_sum as double) / 3.6 as irradiation_kwh_per_m2,
        cast(wind_speed_10m_max as double) as wind_speed_10m_max_m_per_s,
        cast(wind_gusts_10m_max as double) as wind_gust_10m_max_m_per_s,
        cast(et0_fao_evapotranspiration as double) as evapotranspiration_mm,

        -- timestamps
        date as date_paris,
        {{ to_utc('fetched_at') }} as fetched_at

    from newest

)

select * from renamed
{%- endmacro %}

{#-
  From points to regions, from stamps to hours: the CTEs `by_hour` and `region_hours`, from the CTE `points`.

  A stamp tells two things: the weather at that instant, which opens the hour after it, and what fell and shone during the
  hour before it. Each is put into the hour it belongs to. Then the points of a region are averaged by their weights,
  which are shared out again among the points that have a value. `also`: what tells rows of one hour apart, besides the
  region; `days`: what changed_days gave.
-#}
{% macro region_hours(days, also=[]) %}
{%- set instants = [
    'temperature_celsius', 'wind_speed_10m_m_per_s', 'wind_speed_100m_m_per_s', 'cloud_cover_pct'
] -%}
{%- set hours = ['irradiance_w_per_m2', 'precipitation_mm', 'snowfall_cm'] -%}
{%- set ids = also + ['region_code'] -%}
by_hour as (

    select
        {{ ids | join(',\n        ') }},
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
        {{ ids | join(',\n        ') }},
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

region_hours as (

    select
        {{ ids | join(',\n        ') }},
        period_start_at,
        {{ plus_minutes('period_start_at', 60) }} as period_end_at,
        period_start_paris,
        date_paris,
        {%- for column in instants + hours %}
        sum(region_weight * {{ column }})
        / nullif(sum(case when {{ column }} is not null then region_weight end), 0) as {{ column }},
        {%- endfor %}
        max(case when is_forecast then 1 else 0 end) = 1 as is_forecast
    from dated
    where {{ in_days(days, day='date_paris') }}
    group by {{ ids | join(', ') }}, period_start_at, period_start_paris, date_paris
    having max(case when is_instant then 1 else 0 end) = 1

)
{%- endmacro %}

{#- The columns of a region's hour, from the CTEs `region_hours` and `regions`. -#}
{% macro region_hour_columns() %}
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
        region_hours.snowfall_cm
{%- endmacro %}
