{%- set inputs = [
    'raw_rte.sum_rights_document',
    'raw_rte.initial_offered_capacities_d_1',
    'raw_rte.initial_offered_capacities_id',
    'raw_rte.cross_zonal_results_id'
] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

{%- set kinds = {
    'long_term_rights': ('stg_rte__sum_rights_document', 'long_term_rights_mw'),
    'day_ahead_offer': ('stg_rte__initial_offered_capacities_d_1', 'offered_mw'),
    'intraday_offer': ('stg_rte__initial_offered_capacities_id', 'offered_mw'),
    'intraday_allocation': ('stg_rte__cross_zonal_results_id', 'allocated_mw'),
} %}

with

-- Intraday capacity is allocated at up to 16 gates: together they are what was allocated.
capacities as (

    {% for kind, (staging, measure) in kinds.items() -%}
    select
        '{{ kind }}' as capacity_kind,
        direction,
        neighbour_eic_code,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        sum({{ measure }}) as capacity_mw,
        max(read_at) as read_at
    from {{ ref(staging) }}
    where {{ in_days(days, instant='raw_instant') }}
    group by direction, neighbour_eic_code, period_start_at, period_end_at, period_start_paris, date_paris
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

borders as (

    select * from {{ ref('dim_border') }}

),

chosen as (

    {{ rows_by_border('capacities', ['capacity_kind', 'period_start_at']) }}

),

by_border as (

    select
        border_code,
        capacity_kind,
        period_start_at,
        max(period_end_at) as period_end_at,
        period_start_paris,
        date_paris,
        sum(case when direction = 'export' then capacity_mw end) as export_mw,
        sum(case when direction = 'import' then capacity_mw end) as import_mw,
        max(read_at) as read_at
    from chosen
    group by border_code, capacity_kind, period_start_at, period_start_paris, date_paris

),

final as (

    select
        by_border.border_code,
        borders.border_name,
        by_border.capacity_kind,
        by_border.period_start_at,
        by_border.period_end_at,
        by_border.period_start_paris,
        by_border.date_paris,
        by_border.export_mw,
        by_border.import_mw,
        by_border.read_at
    from by_border
    inner join borders on by_border.border_code = borders.border_code

)

select * from final
