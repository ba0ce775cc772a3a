{%- set inputs = ['fct_generation_unit'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

units as (

    select
        *,
        {{ minutes_between('period_start_at', 'period_end_at') }} / 60.0 as hours
    from {{ ref('fct_generation_unit') }}
    where {{ in_days(days, day='date_paris') }}

),

paris_days as (

    select * from {{ ref('int_paris_days') }}

),

by_day as (

    select
        unit_eic_code,
        max_by(unit_name, period_start_at) as unit_name,
        max_by(production_type, period_start_at) as production_type,
        date_paris,
        sum(generation_mw * hours) / 1000 as generation_gwh,
        sum(generation_mw * hours) / sum(case when generation_mw is not null then hours end) as generation_mean_mw,
        min(generation_mw) as generation_min_mw,
        max(generation_mw) as generation_max_mw,
        coalesce(sum(case when generation_mw is not null then hours end), 0) as known_hours
    from units
    group by unit_eic_code, date_paris

),

final as (

    select
        by_day.unit_eic_code,
        by_day.unit_name,
        by_day.production_type,
        paris_days.day_start_at as period_start_at,
        paris_days.day_end_at as period_end_at,
        cast(by_day.date_paris as timestamp) as period_start_paris,
        by_day.date_paris,
        cast(by_day.generation_gwh as double) as generation_gwh,
        cast(by_day.generation_mean_mw as double) as generation_mean_mw,
        by_day.generation_min_mw,
        by_day.generation_max_mw,
        cast(by_day.known_hours as double) / paris_days.hours as completeness
    from by_day
    inner join paris_days on by_day.date_paris = paris_days.date_paris

)

select * from final
