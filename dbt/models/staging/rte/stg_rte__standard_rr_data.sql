with

source as (

    select * from {{ source('raw_rte', 'standard_rr_data') }}

),

newest as (

    select * from source
    {{ newest_row_per(['direction', 'start_date']) }}

),

renamed as (

    select
        -- ids
        case direction
            when 'UP' then 'upward'
            when 'UPWARD' then 'upward'
            when 'DOWN' then 'downward'
            when 'DOWNWARD' then 'downward'
            when 'UP_DOWN' then 'symmetric'
            else lower(direction)
        end as direction,

        -- numbers
        cast(total_requested_volume as double) as requested_mw,
        cast(total_satisfied_need as double) as satisfied_mw,
        cast(activated_volume as double) as activated_mw,
        cast(activated_volume_rsoint as double) as activated_between_operators_mw,
        cast(clearing_price as double) as price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
