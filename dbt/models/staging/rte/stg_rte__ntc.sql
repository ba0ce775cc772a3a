with

source as (

    select * from {{ source('raw_rte', 'ntc') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'sender_country_eic_code', 'receiver_country_eic_code', 'start_date', 'rank']) }}

),

renamed as (

    select
        -- ids
        case type
            when 'D-1' then 'day_ahead'
            when 'ANNUAL' then 'annual'
            when 'MONTHLY' then 'monthly'
            when 'WEEKLY' then 'weekly'
            when 'CURTAILED' then 'curtailed'
            else lower(type)
        end as ntc_horizon,
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,
        cast(rank as integer) as rank,

        -- numbers
        cast(value as double) as ntc_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
