with

source as (

    select * from {{ source('raw_airqino', 'hourly_averages') }}

),

newest as (

    select * from source
    {{ newest_row_per(['station_id', 'start_date'], revised='start_date') }}

),

renamed as (

    select
        -- ids
        cast(station_id as integer) as station_id,
        station_name,

        -- numbers
        cast(pm2_5 as double) as pm2_5,
        cast(pm10 as double) as pm10,
        cast(no2 as double) as no2,
        cast(o3 as double) as o3,
        cast(co as double) as co,
        cast(co2 as double) as co2,
        cast(voc as double) as voc,

        -- what is odd, as ',negative:co,stuck:pm10,': a flag is found with its commas
        ',' || replace(coalesce(flags, ''), ' ', '') || ',' as flags,

        -- timestamps
        {{ to_utc('start_date') }} as period_start_at,
        {{ plus_minutes(to_utc('start_date'), 60) }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        {{ label_clock('start_date_local') }} as period_start_local,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
