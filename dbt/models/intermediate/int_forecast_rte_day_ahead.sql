{{ config(materialized='view', tags=['forecasts']) }}

with

loads as (

    select
        'load' as target,
        'FR' as entity,
        {{ hour_of('period_start_at') }} as period_start_at,
        date_paris,
        avg(load_mw) as forecast_value
    from {{ ref('fct_load') }}
    where load_kind = 'day_ahead_forecast'
    group by 3, 4
    having count(load_mw) = count(*)

),

generation as (

    select
        case when production_type = 'solar' then 'solar' else 'wind' end as target,
        production_type as entity,
        {{ hour_of('period_start_at') }} as period_start_at,
        date_paris,
        avg(forecast_mw) as forecast_value
    from {{ ref('fct_generation_forecast') }}
    where
        production_type in ('wind_onshore', 'wind_offshore', 'solar')
        and forecast_kind = 'day_ahead'
        and sub_type = ''
    group by 1, 2, 3, 4
    having count(forecast_mw) = count(*)

),

final as (

    select * from loads
    union all
    select * from generation

)

select * from final
