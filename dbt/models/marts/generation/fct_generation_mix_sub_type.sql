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

periods as (

    {{ whole_days_of('mix', ['rte_production_type', 'rte_sub_type'], 15) }}

),

final as (

    select
        coalesce(types.mix_type, lower(periods.rte_production_type)) as mix_type,
        coalesce(sub_types.mix_type, lower(periods.rte_sub_type)) as mix_sub_type,
        coalesce(sub_types.mix_type_label, periods.rte_sub_type) as mix_sub_type_label,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        mix.power_mw as generation_mw,
        mix.source_updated_at,
        mix.read_at
    from periods
    left join mix
        on
            periods.rte_production_type = mix.rte_production_type
            and periods.rte_sub_type = mix.rte_sub_type
            and periods.period_start_at = mix.period_start_at
    left join types on periods.rte_production_type = types.rte_code
    left join sub_types
        on
            periods.rte_production_type = sub_types.rte_code
            and periods.rte_sub_type = sub_types.rte_sub_type

)

select * from final
