{%- set inputs = ['raw_energy_charts.total_power'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country', 'production_type'], 'values': ['power_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

measured as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = 'total_power'
        and reject_reason is null
        and series_class in ('generation', 'consumption')
        and {{ in_days(days, instant='raw_instant') }}

),

types as (

    select * from {{ ref('energy_charts_types') }}

),

-- A label that is not in the list yet keeps its own name rather than being lost.
final as (

    select
        measured.ec_area as country,
        coalesce(types.production_type, lower(replace(measured.series, ' ', '_'))) as production_type,
        coalesce(types.production_type_label, measured.series) as production_type_label,
        coalesce(types.production_group, 'other') as production_group,
        measured.series_class,
        measured.period_start_at,
        measured.period_end_at,
        measured.period_start_paris,
        measured.date_paris,
        measured.resolution_minutes,
        measured.series_value as power_mw,
        measured.series_value * measured.resolution_minutes / 60 as energy_mwh,
        measured.read_at
    from measured
    left join types on measured.series = types.energy_charts_label

)

select * from final
