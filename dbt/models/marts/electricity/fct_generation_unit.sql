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

final as (

    select
        units.unit_eic_code,
        units.unit_name,
        coalesce(production_types.production_type, lower(units.rte_production_type)) as production_type,
        units.period_start_at,
        units.period_end_at,
        units.period_start_paris,
        units.date_paris,
        units.generation_mw,
        units.source_updated_at,
        units.read_at
    from units
    left join production_types on units.rte_production_type = production_types.rte_code

)

select * from final
