with

source as (

    select * from {{ source('raw_rte', 'annual_monthly_auctions_specifications') }}

),

newest as (

    select * from source
    {{ newest_row_per(['identifier', 'sender_country_eic_code', 'receiver_country_eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        identifier as auction_code,
        lower(type) as auction_horizon,
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,

        -- numbers
        cast(value as double) as offered_mw,
        cast(annual_capacity_resale as double) as resold_mw,
        {{ to_utc('opening_date') }} as opens_at,
        {{ to_utc('closure_date') }} as closes_at,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
