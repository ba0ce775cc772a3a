{%- set inputs = ['raw_rte.exchange_schedules'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['border_code', 'schedule_kind'], 'values': ['export_mw', 'import_mw']}
) }}
{%- set days = changed_days(inputs) %}

-- Over 80 lines: codes, directions and days left out are undone one after the other.
with

schedules as (

    select * from {{ ref('stg_rte__exchange_schedules') }}
    where {{ in_days(days, instant='raw_instant') }}

),

borders as (

    select * from {{ ref('dim_border') }}

),

chosen as (

    {{ rows_by_border('schedules', ['schedule_kind', 'period_start_at']) }}

),

-- RTE writes 0 for "nothing scheduled", so a direction that is missing is unknown: it stays NULL, and so does the net.
by_border as (

    select
        border_code,
        schedule_kind,
        period_start_at,
        date_paris,
        min(resolution_minutes) as resolution_minutes,
        sum(case when direction = 'export' then schedule_mw end) as export_mw,
        sum(case when direction = 'import' then schedule_mw end) as import_mw,
        max(read_at) as read_at
    from chosen
    group by border_code, schedule_kind, period_start_at, date_paris

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by border_code, schedule_kind, date_paris) as step_minutes
    from by_border

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['border_code', 'schedule_kind', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.border_code,
        borders.border_name,
        periods.schedule_kind,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.export_mw,
        stepped.import_mw,
        stepped.export_mw - stepped.import_mw as net_export_mw,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.border_code = stepped.border_code
            and periods.schedule_kind = stepped.schedule_kind
            and periods.period_start_at = stepped.period_start_at
    inner join borders on periods.border_code = borders.border_code

)

select * from final
