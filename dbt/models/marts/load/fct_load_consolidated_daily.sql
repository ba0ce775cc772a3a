{%- set inputs = ['raw_rte.consolidated_energy_consumption', 'fct_load_consolidated'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

energy as (

    select * from {{ ref('stg_rte__consolidated_energy_consumption') }}
    where {{ in_days(days, instant='raw_instant') }}

),

power as (

    select * from {{ ref('fct_load_consolidated') }}
    where {{ in_days(days, day='date_paris') }}

),

-- The half-hours of a day make its energy where none of them is missing.
power_days as (

    select
        date_paris,
        sum(load_mw * {{ minutes_between('period_start_at', 'period_end_at') }} / 60.0) as energy_mwh,
        sum(case when load_mw is not null then {{ minutes_between('period_start_at', 'period_end_at') }} end)
            as known_minutes
    from power
    group by date_paris

),

final as (

    select
        energy.period_start_at,
        energy.period_end_at,
        energy.period_start_paris,
        energy.date_paris,
        energy.energy_mwh,
        case
            when power_days.known_minutes = {{ minutes_between('energy.period_start_at', 'energy.period_end_at') }}
                then cast(power_days.energy_mwh as double)
        end as half_hours_mwh,
        energy.status,
        energy.is_definitive,
        energy.source_updated_date,
        energy.read_at
    from energy
    left join power_days on energy.date_paris = power_days.date_paris

)

select * from final
