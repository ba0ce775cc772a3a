with

source as (

    select * from {{ source('raw_airqino', 'stations') }}

),

newest as (

    select * from source
    {{ newest_row_per(['station_id'], revised='read_at') }}

),

renamed as (

    select
        -- ids
        cast(station_id as integer) as station_id,
        station_name,

        -- place
        place,
        cast(latitude as double) as latitude,
        cast(longitude as double) as longitude,
        time_zone,
        coordinates_differ,

        -- timestamps
        {{ to_utc('last_transmission_at') }} as last_transmission_at,
        {{ to_utc('read_at') }} as read_at

    from newest

)

select * from renamed
