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

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        load_mw,
        status,
        is_definitive,
        source_updated_date,
        read_at
    from consumption

)

select * from final
