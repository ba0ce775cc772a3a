with

source as (

    select * from {{ source('raw_rte', 'exchange_schedules') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'sender_country_eic_code', 'receiver_country_eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        case type
            when 'LT' then 'long_term'
            when 'D-1' then 'day_ahead'
            when 'ID' then 'intraday'
            else lower(type)
        end as schedule_kind,
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,

        -- numbers
        cast(value as double) as schedule_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
