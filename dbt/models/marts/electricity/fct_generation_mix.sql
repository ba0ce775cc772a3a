{%- set inputs = ['raw_rte.generation_mix_15min'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['mix_type'], 'values': ['power_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

-- A type's sub-types add up to its TOTAL: they have a fact of their own, fct_generation_mix_sub_type.
mix as (

    select * from {{ ref('stg_rte__generation_mix_15min') }}
    where
        rte_sub_type = 'TOTAL'
        and {{ in_days(days, instant='raw_instant') }}

),

mix_types as (

    select * from {{ ref('mix_types') }}
    where rte_sub_type = 'TOTAL'

),

final as (

    select
        coalesce(mix_types.mix_type, lower(mix.rte_production_type)) as mix_type,
        coalesce(mix_types.mix_type_label, mix.rte_production_type) as mix_type_label,
        coalesce(mix_types.mix_class, 'generation') as mix_class,
        mix.period_start_at,
        mix.period_end_at,
        mix.period_start_paris,
        mix.date_paris,
        mix.power_mw,
        mix.source_updated_at,
        mix.read_at
    from mix
    left join mix_types on mix.rte_production_type = mix_types.rte_code

)

select * from final
