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

    select
        *,
        {{ hour_of('period_start_at') }} as hour_start_at
    from {{ ref('fct_public_power') }}
    where {{ in_days(days, day='date_paris') }}

),

hourly as (

    select
        country,
        production_type,
        series_class,
        hour_start_at as period_start_at,
        date_paris,
        sum(energy_mwh) as power_mw
    from power
    group by country, production_type, series_class, hour_start_at, date_paris
    having sum(resolution_minutes) = 60

),

final as (

    select * from hourly

)

select * from final
