{%- set inputs = ['raw_rte.consolidated_power_consumption'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': [], 'values': ['load_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

consumption as (

    select * from {{ ref('stg_rte__consolidated_power_consumption') }}
    where {{ in_days(days, instant='raw_instant') }}

),

periods as (

    {{ whole_days_of('consumption', [], 30) }}

),

final as (

    select
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        consumption.load_mw,
        consumption.status,
        consumption.is_definitive,
        consumption.source_updated_date,
        consumption.read_at
    from periods
    left join consumption on periods.period_start_at = consumption.period_start_at

)

select * from final
