{%- set inputs = ['raw_rte.ntc'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['border_code', 'ntc_horizon'], 'values': ['ntc_export_mw', 'ntc_import_mw']}
) }}
{%- set days = changed_days(inputs) %}

-- Over 80 lines: capacities come with ranks, codes and directions, undone one after the other.
with

capacities as (

    select * from {{ ref('stg_rte__ntc') }}
    where {{ in_days(days, instant='raw_instant') }}

),

borders as (

    select * from {{ ref('dim_border') }}

),

-- RTE gives some capacities twice with two values that nothing tells apart: the smaller is there in either case.
without_ranks as (

    select
        neighbour_eic_code,
        direction,
        ntc_horizon,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        min(ntc_mw) as ntc_mw,
        count(distinct ntc_mw) > 1 as is_ambiguous,
        max(read_at) as read_at
    from capacities
    group by
        neighbour_eic_code, direction, ntc_horizon, period_start_at, period_end_at, period_start_paris, date_paris

),

chosen as (

    {{ rows_by_border('without_ranks', ['ntc_horizon', 'period_start_at']) }}

),

by_border as (

    select
        border_code,
        ntc_horizon,
        period_start_at,
        max(period_end_at) as period_end_at,
        period_start_paris,
        date_paris,
        sum(case when direction = 'export' then ntc_mw end) as ntc_export_mw,
        sum(case when direction = 'import' then ntc_mw end) as ntc_import_mw,
        max(case when is_ambiguous then 1 else 0 end) = 1 as is_ambiguous,
        max(read_at) as read_at
    from chosen
    group by border_code, ntc_horizon, period_start_at, period_start_paris, date_paris

),

final as (

    select
        by_border.border_code,
        borders.border_name,
        by_border.ntc_horizon,
        by_border.period_start_at,
        by_border.period_end_at,
        by_border.period_start_paris,
        by_border.date_paris,
        by_border.ntc_export_mw,
        by_border.ntc_import_mw,
        by_border.is_ambiguous,
        by_border.read_at
    from by_border
    inner join borders on by_border.border_code = borders.border_code

)

select * from final
