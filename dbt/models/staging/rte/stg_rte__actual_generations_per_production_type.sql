with

source as (

    select * from {{ source('raw_rte', 'actual_generations_per_production_type') }}

),

newest as (

    select * from source
    {{ newest_row_per(['production_type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        production_type as rte_production_type,

        -- numbers
        cast(value as double) as generation_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
