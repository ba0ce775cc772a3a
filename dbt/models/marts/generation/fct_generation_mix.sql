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

periods as (

    {{ whole_days_of('mix', ['rte_production_type'], 15) }}

),

final as (

    select
        coalesce(mix_types.mix_type, lower(periods.rte_production_type)) as mix_type,
        coalesce(mix_types.mix_type_label, periods.rte_production_type) as mix_type_label,
        coalesce(mix_types.mix_class, 'generation') as mix_class,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        mix.power_mw,
        mix.source_updated_at,
        mix.read_at
    from periods
    left join mix
        on
            periods.rte_production_type = mix.rte_production_type
            and periods.period_start_at = mix.period_start_at
    left join mix_types on periods.rte_production_type = mix_types.rte_code

)

select * from final
