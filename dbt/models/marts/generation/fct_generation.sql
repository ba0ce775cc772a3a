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

named as (

    select
        generation.*,
        coalesce(production_types.production_type, lower(generation.rte_production_type)) as production_type,
        coalesce(production_types.production_type_label, generation.rte_production_type) as production_type_label,
        min({{ minutes_between('generation.period_start_at', 'generation.period_end_at') }}) over (
            partition by generation.rte_production_type, generation.date_paris
        ) as step_minutes
    from generation
    left join production_types on generation.rte_production_type = production_types.rte_code

),

-- What RTE left out of a day, or has yet to publish, is NULL.
periods as (

    {{ whole_days_of('named', ['production_type', 'production_type_label', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.production_type,
        periods.production_type_label,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        named.generation_mw,
        named.source_updated_at,
        named.read_at
    from periods
    left join named
        on
            periods.production_type = named.production_type
            and periods.period_start_at = named.period_start_at

)

select * from final
