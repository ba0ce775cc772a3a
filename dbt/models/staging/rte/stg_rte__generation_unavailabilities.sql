with

source as (

    select * from {{ source('raw_rte', 'generation_unavailabilities') }}

),

newest as (

    select * from source
    {{ newest_row_per(['identifier', 'version', 'start_date', 'publication_date'], 'publication_date') }}

),

renamed as (

    select
        -- ids
        identifier as unavailability_id,
        try_cast(version as integer) as version_number,
        message_id,
        eic_code as unit_eic_code,
        name as unit_name,
        -- the first version of the API wrote GENERATING_UNIT
        case when asset_type = 'GENERATING_UNIT' then 'generation_unit' else lower(asset_type) end as unit_level,
        -- spelled with hyphens here alone
        replace(fuel_type, '-', '_') as rte_production_type,
        market_participant as operator_name,
        market_participant_eic_code as operator_eic_code,
        lower(event_status) as event_status,
        case unavailability_type
            when 'PLANNED_MAINTENANCE' then 'planned'
            when 'FORCED_UNAVAILABILITY' then 'forced'
            else lower(unavailability_type)
        end as unavailability_kind,
        reason,
        remarks,

        -- numbers: one of the two is left out now and then; the first version of the API gave what is left, as value
        cast(installed_capacity as double) as installed_capacity_mw,
        cast(coalesce(available_capacity, installed_capacity - unavailable_capacity, value) as double) as available_mw,
        cast(
            coalesce(unavailable_capacity, installed_capacity - coalesce(available_capacity, value)) as double
        ) as unavailable_mw,

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
