{#- More than 80 lines: judging a value and the hours without one need the same days that changed. -#}
{%- set inputs = ['raw_airqino.hourly_averages'] -%}
{%- set reasons = ['impossible_label', 'partial', 'unreadable', 'out_of_range', 'negative'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['station_id', 'pollutant'], 'values': ['published_concentration']}
) }}
{%- set days = changed_days(inputs) %}

with

-- a day more: the hours before midnight are stuck where those after it are
published as (

    select * from {{ ref('int_air_quality_values') }}
    where {{ in_days(days, instant='raw_instant', after=1) }}

),

stations as (

    select * from {{ ref('stg_airqino__stations') }}

),

-- The sixth hour with one value is the first that is flagged: the five before it are as doubtful.
looked_ahead as (

    select
        *,
        max(case when is_stuck then published_concentration end) over (
            partition by station_id, pollutant
            order by period_start_at
            rows between 1 following and 5 following
        ) as stuck_at
    from published

),

judged as (

    select
        *,
        case
            {%- for reason in reasons %}
            when is_{{ reason }} then '{{ reason }}'
            {%- endfor %}
            when is_stuck or published_concentration = stuck_at then 'stuck'
        end as rejection
    from looked_ahead
    where {{ in_days(days, day='date_paris') }}

),

-- Hours that AirQino left out of a day are NULL.
hours as (

    {{ whole_days_of('judged', ['station_id', 'pollutant', 'unit'], 60) }}

),

clocked as (

    select
        hours.*,
        {{ to_clock('hours.period_start_at', "coalesce(stations.time_zone, 'UTC')") }} as period_start_local
    from hours
    left join stations on hours.station_id = stations.station_id

),

final as (

    select
        clocked.station_id,
        clocked.pollutant,
        clocked.period_start_at,
        clocked.period_end_at,
        clocked.period_start_paris,
        clocked.date_paris,
        coalesce(judged.period_start_local, clocked.period_start_local) as period_start_local,
        cast(coalesce(judged.period_start_local, clocked.period_start_local) as date) as date_local,
        clocked.unit,
        case when judged.rejection is null then judged.published_concentration end as concentration,
        judged.published_concentration,
        judged.rejection,
        coalesce(judged.is_clamped, false) as is_clamped,
        nullif(substr(judged.flags, 2, length(judged.flags) - 2), '') as flags,
        judged.read_at
    from clocked
    left join judged
        on
            clocked.station_id = judged.station_id
            and clocked.pollutant = judged.pollutant
            and clocked.period_start_at = judged.period_start_at

)

select * from final
