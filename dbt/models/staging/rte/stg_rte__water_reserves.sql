with

source as (

    select * from {{ source('raw_rte', 'water_reserves') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(value as double) as stored_energy_mwh,

        -- timestamps
        start_date as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        {{ rte_period() }}

    from newest

)

select * from renamed
