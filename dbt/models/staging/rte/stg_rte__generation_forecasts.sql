with

source as (

    select * from {{ source('raw_rte', 'generation_forecasts') }}

),

newest as (

    select * from source
    {{ newest_row_per(['production_type', 'type', 'sub_type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        production_type as rte_production_type,
        case type
            when 'CURRENT' then 'current'
            when 'ID' then 'intraday'
            when 'D-1' then 'day_ahead'
            when 'D-2' then 'two_days_ahead'
            when 'D-3' then 'three_days_ahead'
            else lower(type)
        end as forecast_kind,
        coalesce(sub_type, '') as sub_type,

        -- numbers
        cast(value as double) as forecast_mw,
        cast(load_factor as double) as load_factor_pct,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
