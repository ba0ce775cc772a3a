with

source as (

    select * from {{ source('raw_rte', 'result_procured_reserves') }}

),

newest as (

    select * from source
    {{ newest_row_per(['reserve', 'product_type', 'time_horizon', 'direction', 'start_date']) }}

),

renamed as (

    select
        -- ids
        lower(reserve) as reserve,
        case product_type
            when 'STD' then 'standard'
            else lower(product_type)
        end as product,
        lower(time_horizon) as procurement_horizon,
        case direction
            when 'UP' then 'upward'
            when 'UPWARD' then 'upward'
            when 'DOWN' then 'downward'
            when 'DOWNWARD' then 'downward'
            when 'UP_DOWN' then 'symmetric'
            else lower(direction)
        end as direction,

        -- numbers
        cast(offered_volume as double) as offered_mw,
        cast(contracted_volume as double) as contracted_mw,
        cast(price as double) as price_eur_per_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
