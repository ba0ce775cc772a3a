with

source as (

    select * from {{ source('raw_airqino', 'current_values') }}

),

newest as (

    select * from source
    {{ newest_row_per(['station_id', 'sensor'], revised='measured_at') }}

),

renamed as (

    select
        -- ids
        cast(station_id as integer) as station_id,
        sensor,

        -- numbers
        cast(value as double) as current_value,
        unit,

        -- what is odd
        flags,

        -- timestamps
        {{ to_utc('measured_at') }} as measured_at

    from newest

)

select * from renamed
