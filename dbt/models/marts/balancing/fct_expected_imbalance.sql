{%- set inputs = ['raw_rte.balancing_capacity_imbalance'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

imbalances as (

    select * from {{ ref('stg_rte__balancing_capacity_imbalance') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by date_paris) as step_minutes
    from imbalances

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
        stepped.expected_imbalance_mw,
        stepped.source_updated_at,
        stepped.read_at
    from periods
    left join stepped on periods.period_start_at = stepped.period_start_at

)

select * from final
