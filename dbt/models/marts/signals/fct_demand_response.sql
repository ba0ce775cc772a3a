{%- set inputs = ['raw_rte.demand_response_volumes'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': [], 'values': ['demand_response_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

volumes as (

    select * from {{ ref('stg_rte__demand_response_volumes') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by date_paris) as step_minutes
    from volumes

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
        stepped.demand_response_mw,
        stepped.source_updated_at,
        stepped.read_at
    from periods
    left join stepped on periods.period_start_at = stepped.period_start_at

)

select * from final
