with

source as (

    select * from {{ source('raw_rte', 'tso_need_for_procured_reserves') }}

),

newest as (

    select * from source
    {{ newest_row_per(['product', 'flow_direction', 'start_date']) }}

),

renamed as (

    select
        -- ids
        lower(product) as reserve,
        case flow_direction
            when 'UP' then 'upward'
            when 'UPWARD' then 'upward'
            when 'DOWN' then 'downward'
            when 'DOWNWARD' then 'downward'
            when 'UP_DOWN' then 'symmetric'
            else lower(flow_direction)
        end as direction,

        -- numbers
        cast(volume as double) as needed_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
