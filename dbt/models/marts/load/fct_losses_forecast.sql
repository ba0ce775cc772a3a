{%- set inputs = ['raw_rte.losses_forecasts'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['forecast_kind'], 'values': ['losses_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

forecasts as (

    select * from {{ ref('stg_rte__losses_forecasts') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by forecast_kind, date_paris) as step_minutes
    from forecasts

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['forecast_kind', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.forecast_kind,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.losses_mw,
        stepped.source_updated_at,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.forecast_kind = stepped.forecast_kind
            and periods.period_start_at = stepped.period_start_at

)

select * from final
