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

-- Over 80 lines: four streams, whose codes, directions and days left out are undone one after the other.
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
        date_paris,
        min(resolution_minutes) as resolution_minutes,
        sum(case when direction = 'export' then capacity_mw end) as export_mw,
        sum(case when direction = 'import' then capacity_mw end) as import_mw,
        max(read_at) as read_at
    from chosen
    group by border_code, capacity_kind, period_start_at, date_paris

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by border_code, capacity_kind, date_paris) as step_minutes
    from by_border

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['border_code', 'capacity_kind', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.border_code,
        borders.border_name,
        periods.capacity_kind,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.export_mw,
        stepped.import_mw,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.border_code = stepped.border_code
            and periods.capacity_kind = stepped.capacity_kind
            and periods.period_start_at = stepped.period_start_at
    inner join borders on periods.border_code = borders.border_code

)

select * from final
