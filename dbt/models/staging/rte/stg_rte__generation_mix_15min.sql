with

source as (

    select * from {{ source('raw_rte', 'generation_mix_15min') }}

),

newest as (

    select * from source
    {{ newest_row_per(['production_type', 'production_subtype', 'start_date']) }}

),

renamed as (

    select
        -- ids
        production_type as rte_production_type,
        production_subtype as rte_sub_type,

        -- numbers
        cast(value as double) as power_mw,

        -- timestamps
        start_date as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        {{ rte_period() }}

    from newest

)

select * from renamed
