with

source as (

    select * from {{ source('raw_rte', 'transmission_network_unavailabilities') }}

),

newest as (

    select * from source
    {{ newest_row_per([
        'identifier', 'version', 'sender_country_eic_code', 'receiver_country_eic_code', 'start_date', 'publication_date'
    ], 'publication_date') }}

),

renamed as (

    select
        -- ids
        identifier as unavailability_id,
        try_cast(version as integer) as version_number,
        message_id,
        eic_code as asset_eic_code,
        name as asset_name,
        lower(asset_type) as asset_type,
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,
        {{ unavailability_event() }},

        -- numbers
        cast(value as double) as transfer_capacity_left_mw,

        -- timestamps
        {{ unavailability_period() }}

    from newest

)

select * from renamed
