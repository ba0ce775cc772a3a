{%- set inputs = ['raw_rte.procured_reserves', 'raw_rte.accepted_offers'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

procured as (

    select * from {{ ref('stg_rte__procured_reserves') }}
    where {{ in_days(days, instant='raw_instant') }}

),

accepted as (

    select * from {{ ref('stg_rte__accepted_offers') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by reserve, direction, date_paris) as step_minutes
    from procured

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['reserve', 'direction', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.reserve,
        periods.direction,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.procured_mw,
        accepted.accepted_mw,
        stepped.price_eur_per_mw,
        stepped.source_updated_at,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.reserve = stepped.reserve
            and periods.direction = stepped.direction
            and periods.period_start_at = stepped.period_start_at
    left join accepted
        on
            stepped.reserve = accepted.reserve
            and stepped.direction = accepted.direction
            and stepped.period_start_at = accepted.period_start_at
            and stepped.period_end_at = accepted.period_end_at

)

select * from final
