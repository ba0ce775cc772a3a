with

source as (

    select * from {{ source('raw_rte', 'congestion_costs') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        lower(type) as cost_kind,

        -- numbers
        cast(price as double) as cost_eur,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
