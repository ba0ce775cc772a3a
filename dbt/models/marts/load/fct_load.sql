{%- set inputs = ['raw_rte.consumption_short_term'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['load_kind'], 'values': ['load_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

consumption as (

    select
        *,
        min({{ minutes_between('period_start_at', 'period_end_at') }}) over (
            partition by load_kind, date_paris
        ) as step_minutes
    from {{ ref('stg_rte__consumption_short_term') }}
    where
        not is_phantom_label
        and {{ in_days(days, instant='raw_instant') }}

),

-- What RTE left out of a day, or has yet to publish, is NULL.
periods as (

    {{ whole_days_of('consumption', ['load_kind', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.load_kind,
        case periods.load_kind
            when 'realised' then 'Realised'
            when 'intraday_forecast' then 'Intraday forecast'
            when 'day_ahead_forecast' then 'Day-ahead forecast'
            when 'two_days_ahead_forecast' then 'Two-days-ahead forecast'
            else periods.load_kind
        end as load_kind_label,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        consumption.load_mw,
        consumption.source_updated_at,
        consumption.read_at
    from periods
    left join consumption
        on
            periods.load_kind = consumption.load_kind
            and periods.period_start_at = consumption.period_start_at

)

select * from final
