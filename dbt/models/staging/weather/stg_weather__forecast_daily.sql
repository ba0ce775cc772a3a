with

source as (

    select * from {{ source('raw_weather', 'forecast_daily') }}

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
