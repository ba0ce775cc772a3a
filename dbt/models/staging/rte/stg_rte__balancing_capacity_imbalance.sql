with

source as (

    select * from {{ source('raw_rte', 'balancing_capacity_imbalance') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(value as double) as expected_imbalance_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
