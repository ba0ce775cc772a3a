{%- set inputs = ['fct_generation_forecast', 'fct_generation'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

-- by hour, as generation is; sub-types are of sums of types, which nobody measures
forecasts as (

    select
        production_type,
        forecast_kind,
        date_trunc('hour', period_start_at) as period_start_at,
        avg(forecast_mw) as forecast_mw,
        sum(case when forecast_mw is null then 0 else {{ minutes_between('period_start_at', 'period_end_at') }} end)
            as known_minutes
    from {{ ref('fct_generation_forecast') }}
    where
        {{ in_days(days, day='date_paris') }}
        and sub_type = ''
    group by production_type, forecast_kind, date_trunc('hour', period_start_at)

),

generation as (

    select * from {{ ref('fct_generation') }}
    where
        {{ in_days(days, day='date_paris') }}
        and generation_mw is not null

),

final as (

    select
        generation.production_type,
        generation.production_type_label,
        forecasts.forecast_kind,
        generation.period_start_at,
        generation.period_end_at,
        generation.period_start_paris,
        generation.date_paris,
        forecasts.forecast_mw,
        generation.generation_mw,
        forecasts.forecast_mw - generation.generation_mw as error_mw
    from generation
    inner join forecasts
        on
            generation.production_type = forecasts.production_type
            and generation.period_start_at = forecasts.period_start_at
    where
        forecasts.known_minutes = 60
        and {{ minutes_between('generation.period_start_at', 'generation.period_end_at') }} = 60

)

select * from final
