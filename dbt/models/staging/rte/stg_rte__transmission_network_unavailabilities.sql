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
        case
            when sender_country_eic_code = '{{ var("france_eic") }}' then 'export'
            when receiver_country_eic_code = '{{ var("france_eic") }}' then 'import'
        end as direction,
        case
            when sender_country_eic_code = '{{ var("france_eic") }}' then receiver_country_eic_code
            else sender_country_eic_code
        end as neighbour_eic_code,
        lower(event_status) as event_status,
        case unavailability_type
            when 'PLANNED_MAINTENANCE' then 'planned'
            when 'FORCED_UNAVAILABILITY' then 'forced'
            else lower(unavailability_type)
        end as unavailability_kind,
        reason,
        remarks,

        -- numbers
        cast(value as double) as transfer_capacity_left_mw,

        -- timestamps
        {{ to_utc('creation_date') }} as created_at,
        {{ to_utc('publication_date') }} as published_at,
        {{ to_utc('event_start_date') }} as event_start_at,
        {{ to_utc('event_end_date') }} as event_end_at,
        {{ to_utc('start_date') }} as period_start_at,
        {{ to_utc('end_date') }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        publication_date as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
