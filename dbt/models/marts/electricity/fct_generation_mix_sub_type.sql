{%- set inputs = ['raw_rte.generation_mix_15min'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['mix_type', 'mix_sub_type'], 'values': ['generation_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

-- Without the TOTAL of each type, which is in fct_generation_mix.
mix as (

    select * from {{ ref('stg_rte__generation_mix_15min') }}
    where
        rte_sub_type <> 'TOTAL'
        and {{ in_days(days, instant='raw_instant') }}

),

sub_types as (

    select * from {{ ref('mix_types') }}
    where rte_sub_type <> 'TOTAL'

),

types as (

    select * from {{ ref('mix_types') }}
    where rte_sub_type = 'TOTAL'

),

final as (

    select
        coalesce(types.mix_type, lower(mix.rte_production_type)) as mix_type,
        coalesce(sub_types.mix_type, lower(mix.rte_sub_type)) as mix_sub_type,
        coalesce(sub_types.mix_type_label, mix.rte_sub_type) as mix_sub_type_label,
        mix.period_start_at,
        mix.period_end_at,
        mix.period_start_paris,
        mix.date_paris,
        mix.power_mw as generation_mw,
        mix.source_updated_at,
        mix.read_at
    from mix
    left join types on mix.rte_production_type = types.rte_code
    left join sub_types
        on
            mix.rte_production_type = sub_types.rte_code
            and mix.rte_sub_type = sub_types.rte_sub_type

)

select * from final
