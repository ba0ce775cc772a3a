{%- set inputs = ['raw_rte.actual_generations_per_production_type'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['production_type'], 'values': ['generation_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

-- TOTAL is the sum of the types: beside them it would double every figure.
generation as (

    select * from {{ ref('stg_rte__actual_generations_per_production_type') }}
    where
        rte_production_type <> 'TOTAL'
        and {{ in_days(days, instant='raw_instant') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

final as (

    select
        coalesce(production_types.production_type, lower(generation.rte_production_type)) as production_type,
        coalesce(production_types.production_type_label, generation.rte_production_type) as production_type_label,
        generation.period_start_at,
        generation.period_end_at,
        generation.period_start_paris,
        generation.date_paris,
        generation.generation_mw,
        generation.source_updated_at,
        generation.read_at
    from generation
    left join production_types on generation.rte_production_type = production_types.rte_code

)

select * from final
