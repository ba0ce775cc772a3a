with

forecasts as (

    select * from {{ ref('stg_rte__consumption_annual_forecasts') }}

),

final as (

    select
        forecast_year,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        load_mean_mw,
        load_mean_saturday_to_friday_mw,
        load_min_mw,
        load_max_mw,
        margin_mw,
        load_updated_date,
        margin_updated_date
    from forecasts

)

select * from final
