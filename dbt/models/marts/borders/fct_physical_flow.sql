{%- set inputs = ['raw_rte.physical_flows'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['border_code'], 'values': ['export_mw', 'import_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

flows as (

    select * from {{ ref('stg_rte__physical_flows') }}
    where {{ in_days(days, instant='raw_instant') }}

),

borders as (

    select * from {{ ref('dim_border') }}

),

chosen as (

    {{ rows_by_border('flows', ['period_start_at']) }}

),

-- RTE writes 0 for "nothing flowed", so a direction that is missing is unknown: it stays NULL, and so does the net.
by_border as (

    select
        border_code,
        period_start_at,
        max(period_end_at) as period_end_at,
        period_start_paris,
        date_paris,
        sum(case when direction = 'export' then flow_mw end) as export_mw,
        sum(case when direction = 'import' then flow_mw end) as import_mw,
        max(read_at) as read_at
    from chosen
    group by border_code, period_start_at, period_start_paris, date_paris

),

final as (

    select
        by_border.border_code,
        borders.border_name,
        by_border.period_start_at,
        by_border.period_end_at,
        by_border.period_start_paris,
        by_border.date_paris,
        by_border.export_mw,
        by_border.import_mw,
        by_border.export_mw - by_border.import_mw as net_export_mw,
        by_border.read_at
    from by_border
    inner join borders on by_border.border_code = borders.border_code

)

select * from final
