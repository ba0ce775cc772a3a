with

source as (

    select * from {{ source('raw_rte', 'actual_generations_per_unit') }}

),

newest as (

    select * from source
    {{ newest_row_per(['unit_eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        unit_eic_code,
        unit_name,
        production_type as rte_production_type,

        -- numbers
        cast(value as double) as generation_mw,

        -- timestamps
        start_date as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        {{ rte_period() }}

    from newest

)

select * from renamed
