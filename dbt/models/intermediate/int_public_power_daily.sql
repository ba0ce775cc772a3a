{%- set inputs = ['fct_public_power'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    post_hook="{{ note_built_days() }}"
) }}
{%- set days = changed_days(inputs) %}

with

power as (

    select * from {{ ref('fct_public_power') }}
    where {{ in_days(days, day='date_paris') }}

),

by_day as (

    select
        country,
        production_type,
        production_type_label,
        production_group,
        series_class,
        date_paris,
        sum(energy_mwh) as energy_mwh,
        sum(resolution_minutes) as minutes
    from power
    group by country, production_type, production_type_label, production_group, series_class, date_paris

),

bounded as (

    select
        *,
        {{ day_period() }}
    from by_day

),

-- The energy of a part of a day is not that of the day.
final as (

    select
        country,
        production_type,
        production_type_label,
        production_group,
        series_class,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        case when minutes = {{ minutes_between('period_start_at', 'period_end_at') }} then energy_mwh / 1000 end
            as energy_gwh,
        minutes / 60.0 as hours
    from bounded

)

select * from final
