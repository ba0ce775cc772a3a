{%- set inputs = ['raw_energy_charts.cross_border_flows'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country', 'neighbour'], 'values': ['net_import_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

borders as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = 'cross_border_flows'
        and reject_reason is null
        and {{ in_days(days, instant='raw_instant') }}

),

areas as (

    select * from {{ ref('areas') }}

),

final as (

    select
        borders.ec_area as country,
        borders.series as neighbour,
        areas.ec_country as neighbour_country,
        borders.period_start_at,
        borders.period_end_at,
        borders.period_start_paris,
        borders.date_paris,
        borders.resolution_minutes,
        borders.series_value * 1000 as net_import_mw,
        borders.read_at
    from borders
    left join areas on borders.series = areas.ec_label

)

select * from final
