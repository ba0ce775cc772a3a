with

source as (

    select * from {{ source('raw_rte', 'capacities_per_production_type') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        type as rte_production_type,

        -- numbers
        cast(value as double) as installed_capacity_mw,

        -- timestamps
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        {{ rte_period() }}

    from newest

)

select * from renamed
