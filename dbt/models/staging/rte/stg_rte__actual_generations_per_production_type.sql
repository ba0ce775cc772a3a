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
        {{ rte_period() }}

    from newest

)

select * from renamed
