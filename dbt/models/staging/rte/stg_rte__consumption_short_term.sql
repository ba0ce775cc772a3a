with

source as (

    select * from {{ source('raw_rte', 'consumption_short_term') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'start_date', 'start_date_local']) }}

),

renamed as (

    select
        -- ids
        case type
            when 'REALISED' then 'realised'
            when 'ID' then 'intraday_forecast'
            when 'D-1' then 'day_ahead_forecast'
            when 'D-2' then 'two_days_ahead_forecast'
            else lower(type)
        end as load_kind,
        start_date_local as period_start_label,
        {{ is_phantom_label() }} as is_phantom_label,

        -- numbers
        cast(value as double) as load_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
