with

source as (

    select * from {{ source('raw_rte', 'accepted_offers') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'direction', 'start_date']) }}

),

renamed as (

    select
        -- ids
        lower(type) as reserve,
        case direction
            when 'UP' then 'upward'
            when 'UPWARD' then 'upward'
            when 'DOWN' then 'downward'
            when 'DOWNWARD' then 'downward'
            when 'UP_DOWN' then 'symmetric'
            else lower(direction)
        end as direction,

        -- numbers
        cast(value as double) as accepted_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
