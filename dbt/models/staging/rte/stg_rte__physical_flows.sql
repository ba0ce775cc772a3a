with

source as (

    select * from {{ source('raw_rte', 'physical_flows') }}

),

newest as (

    select * from source
    {{ newest_row_per(['sender_country_eic_code', 'receiver_country_eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,

        -- numbers
        cast(value as double) as flow_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
