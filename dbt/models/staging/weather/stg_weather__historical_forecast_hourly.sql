with

source as (

    select * from {{ source('raw_weather', 'historical_forecast_hourly') }}

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

        -- numbers: at the instant
        cast(region_weight as double) as region_weight,
        cast(temperature_2m as double) as temperature_celsius,
        cast(wind_speed_10m as double) as wind_speed_10m_m_per_s,
        cast(wind_speed_100m as double) as wind_speed_100m_m_per_s,
        cast(cloud_cover as double) as cloud_cover_pct,

        -- numbers: over the hour before the instant
        cast(shortwave_radiation as double) as irradiance_w_per_m2,
        cast(precipitation as double) as precipitation_mm,
        cast(snowfall as double) as snowfall_cm,

        -- timestamps
        time as raw_instant,
        {{ to_utc('time') }} as valid_at,
        {{ to_utc('fetched_at') }} as fetched_at

    from newest

)

select * from renamed
