{%- set inputs = ['fct_public_power', 'fct_public_power_forecast'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    reach=7,
    post_hook="{{ note_built_days() }}"
) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: three figures of a half-hour, each with its own rule.
with

power as (

    select * from {{ ref('fct_public_power') }}
    where
        country = 'fr'
        and series_class = 'generation'
        and resolution_minutes <= 30
        and {{ in_days(days, day='date_paris', before=7) }}

),

forecasts as (

    select
        production_type,
        {{ half_hour_of('period_start_at') }} as period_start_at,
        avg(forecast_mw) as forecast_mw
    from {{ ref('fct_public_power_forecast') }}
    where
        country = 'fr'
        and forecast_kind = 'day_ahead'
        and resolution_minutes <= 30
        and {{ in_days(days, day='date_paris') }}
    group by 1, 2
    having sum(resolution_minutes) = 30

),

numbers as (

    {{ numbers(1) }}

),

actuals as (

    select
        production_type,
        {{ half_hour_of('period_start_at') }} as period_start_at,
        {{ to_paris(half_hour_of('period_start_at')) }} as period_start_paris,
        date_paris,
        avg(power_mw) as actual_mw
    from power
    group by 1, 2, 3, 4
    having sum(resolution_minutes) = 30

),

-- Each half-hour counts for the same one of the seven days after it, by the clock that people live by. The first pass
-- of October's repeated hour counts for none: the days after have the second one's offset.
days_before as (

    select
        actuals.production_type,
        {{ plus_minutes('actuals.period_start_paris', '1440 * numbers.n') }} as period_start_paris,
        avg(actuals.actual_mw) as days_before_mw,
        count(actuals.actual_mw) as days_before_known
    from actuals
    inner join numbers on numbers.n between 1 and 7
    where {{ to_paris(plus_minutes('actuals.period_start_at', 60)) }} <> actuals.period_start_paris
    group by 1, 2

),

final as (

    select
        actuals.production_type,
        actuals.period_start_at,
        actuals.date_paris,
        actuals.actual_mw,
        forecasts.forecast_mw,
        case when days_before.days_before_known >= 4 then days_before.days_before_mw end as days_before_mw
    from actuals
    left join forecasts
        on
            actuals.production_type = forecasts.production_type
            and actuals.period_start_at = forecasts.period_start_at
    left join days_before
        on
            actuals.production_type = days_before.production_type
            and actuals.period_start_paris = days_before.period_start_paris
    where {{ in_days(days, day='actuals.date_paris') }}

)

select * from final
