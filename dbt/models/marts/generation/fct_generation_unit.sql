{%- set inputs = ['raw_rte.actual_generations_per_unit'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['unit_eic_code'], 'values': ['generation_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

units as (

    select * from {{ ref('stg_rte__actual_generations_per_unit') }}
    where {{ in_days(days, instant='raw_instant') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

-- name and type of the day, for the hours that RTE left out too
unit_days as (

    select
        unit_eic_code,
        date_paris,
        max_by(unit_name, period_start_at) as unit_name,
        max_by(rte_production_type, period_start_at) as rte_production_type
    from units
    group by unit_eic_code, date_paris

),

periods as (

    {{ whole_days_of('units', ['unit_eic_code'], 60) }}

),

final as (

    select
        periods.unit_eic_code,
        unit_days.unit_name,
        coalesce(production_types.production_type, lower(unit_days.rte_production_type)) as production_type,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        units.generation_mw,
        units.source_updated_at,
        units.read_at
    from periods
    inner join unit_days
        on
            periods.unit_eic_code = unit_days.unit_eic_code
            and periods.date_paris = unit_days.date_paris
    left join units
        on
            periods.unit_eic_code = units.unit_eic_code
            and periods.period_start_at = units.period_start_at
    left join production_types on unit_days.rte_production_type = production_types.rte_code

)

select * from final
