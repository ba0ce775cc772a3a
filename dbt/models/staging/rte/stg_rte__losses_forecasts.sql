with

source as (

    select * from {{ source('raw_rte', 'losses_forecasts') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        case type
            when 'ID' then 'intraday'
            when 'WEEKLY' then 'weekly'
            else lower(type)
        end as forecast_kind,

        -- numbers
        cast(value as double) as losses_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
