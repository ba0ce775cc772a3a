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
        {{ unavailability_event() }},

        -- numbers: one of the two is left out now and then; the first version of the API gave what is left, as value
        cast(installed_capacity as double) as installed_capacity_mw,
        cast(coalesce(available_capacity, installed_capacity - unavailable_capacity, value) as double) as available_mw,
        cast(
            coalesce(unavailable_capacity, installed_capacity - coalesce(available_capacity, value)) as double
        ) as unavailable_mw,

        -- timestamps
        {{ unavailability_period() }}

    from newest

)

select * from renamed
