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
        resolution_minutes,
        sum({{ measure }}) as capacity_mw,
        max(read_at) as read_at
    from {{ ref(staging) }}
    where {{ in_days(days, instant='raw_instant') }}
    group by
        direction, neighbour_eic_code, period_start_at, period_end_at, period_start_paris, date_paris,
        resolution_minutes
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{{ both_directions('capacities', 'capacity_kind', 'capacity_mw') }}

select * from both_directions
