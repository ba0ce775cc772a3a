{%- set inputs = ['raw_rte.ecowatt_signals'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': [], 'values': ['day_level', 'hour_level']}
) }}
{%- set days = changed_days(inputs) %}

with

signals as (

    select * from {{ ref('stg_rte__ecowatt_signals') }}
    where {{ in_days(days, instant='raw_instant') }}

),

levels as (

    select * from {{ ref('ecowatt_levels') }}

),

-- In March hour 2 lasts no time.
final as (

    select
        signals.period_start_at,
        signals.period_end_at,
        signals.period_start_paris,
        signals.date_paris,
        signals.hour_number,
        signals.day_level,
        days_level.ecowatt_label as day_signal,
        signals.hour_level,
        hours_level.ecowatt_label as hour_signal,
        signals.message,
        signals.source_updated_at,
        signals.read_at
    from signals
    left join levels as days_level on signals.day_level = days_level.ecowatt_level
    left join levels as hours_level on signals.hour_level = hours_level.ecowatt_level
    where signals.period_start_at < signals.period_end_at

)

select * from final
