with

source as (

    select * from {{ source('raw_airqino', 'sensors') }}

),

newest as (

    select * from source
    {{ newest_row_per(['station_id', 'sensor'], revised='session_id') }}

),

renamed as (

    select
        -- ids
        cast(station_id as integer) as station_id,
        sensor,
        column_name,

        -- words
        unit

    from newest

)

select * from renamed
