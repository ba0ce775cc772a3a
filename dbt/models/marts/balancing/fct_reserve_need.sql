{%- set inputs = ['raw_rte.tso_need_for_procured_reserves'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

needs as (

    select * from {{ ref('stg_rte__tso_need_for_procured_reserves') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by reserve, direction, date_paris) as step_minutes
    from needs

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
        stepped.needed_mw,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.reserve = stepped.reserve
            and periods.direction = stepped.direction
            and periods.period_start_at = stepped.period_start_at

)

select * from final
