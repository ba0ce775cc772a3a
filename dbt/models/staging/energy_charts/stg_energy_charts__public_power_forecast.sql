with

source as (

    select * from {{ source('raw_energy_charts', 'public_power_forecast') }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'production_type', 'forecast_type', 'start_date'], revised='fetched_at') }}

),

renamed as (

    select
        -- ids
        country,
        production_type,
        replace(forecast_type, '-', '_') as forecast_kind,

        -- numbers
        cast(value as double) as forecast_mw,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('fetched_at') }} as fetched_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
