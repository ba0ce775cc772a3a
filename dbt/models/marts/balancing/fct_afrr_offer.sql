{%- set inputs = ['raw_rte.aggregatedoffers_afrr_energybids'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

offers as (

    select * from {{ ref('stg_rte__aggregatedoffers_afrr_energybids') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by date_paris) as step_minutes
    from offers

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.upward_offered_mw,
        stepped.upward_shared_mw,
        stepped.upward_mean_price_eur_per_mwh,
        stepped.downward_offered_mw,
        stepped.downward_shared_mw,
        stepped.downward_mean_price_eur_per_mwh,
        stepped.read_at
    from periods
    left join stepped on periods.period_start_at = stepped.period_start_at

)

select * from final
