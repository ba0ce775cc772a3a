with

source as (

    select * from {{ source('raw_rte', 'consumption_annual_forecasts') }}

),

newest as (

    select * from source
    {{ newest_row_per(['year_start_date', 'start_date'], 'margin_updated_date') }}

),

renamed as (

    select
        -- numbers: RTE writes -1 where one is missing
        cast(nullif(average_load_monday_to_sunday, -1) as double) as load_mean_mw,
        cast(nullif(average_load_saturday_to_friday, -1) as double) as load_mean_saturday_to_friday_mw,
        cast(nullif(weekly_minimum, -1) as double) as load_min_mw,
        cast(nullif(weekly_maximum, -1) as double) as load_max_mw,
        cast(nullif(forecast_margin, -1) as double) as margin_mw,

        -- timestamps
        cast(extract(year from year_start_date) as integer) as forecast_year,
        {{ to_utc('start_date') }} as period_start_at,
        {{ to_utc('end_date') }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        average_load_updated_date as load_updated_date,
        margin_updated_date,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
