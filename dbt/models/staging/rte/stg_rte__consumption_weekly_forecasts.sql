with

source as (

    select * from {{ source('raw_rte', 'consumption_weekly_forecasts') }}

),

newest as (

    select * from source
    {{ newest_row_per(['updated_date', 'start_date', 'start_date_local']) }}

),

renamed as (

    select
        -- ids
        start_date_local as period_start_label,
        {{ is_phantom_label() }} as is_phantom_label,

        -- numbers
        cast(value as double) as forecast_mw,
        cast(peak_value as double) as peak_forecast_mw,
        cast(peak_temperature as double) as peak_temperature_celsius,
        cast(peak_deviation as double) as peak_deviation_celsius,

        -- timestamps
        {{ to_utc('peak_at') }} as peak_at,
        start_date as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        {{ rte_period() }}

    from newest

)

select * from renamed
