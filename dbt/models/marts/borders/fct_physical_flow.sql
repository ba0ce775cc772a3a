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

stepped as (

    select
        *,
        min({{ minutes_between('period_start_at', 'period_end_at') }}) over (
            partition by border_code, date_paris
        ) as step_minutes
    from by_border

),

-- What RTE left out of a day, or has yet to publish, is NULL.
periods as (

    {{ whole_days_of('stepped', ['border_code', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.border_code,
        borders.border_name,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        by_border.export_mw,
        by_border.import_mw,
        by_border.export_mw - by_border.import_mw as net_export_mw,
        by_border.read_at
    from periods
    inner join borders on periods.border_code = borders.border_code
    left join by_border
        on
            periods.border_code = by_border.border_code
            and periods.period_start_at = by_border.period_start_at

)

select * from final
