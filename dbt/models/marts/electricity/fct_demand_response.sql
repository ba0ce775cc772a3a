{%- set inputs = ['raw_rte.demand_response_volumes'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': [], 'values': ['demand_response_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

volumes as (

    select * from {{ ref('stg_rte__demand_response_volumes') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        demand_response_mw,
        source_updated_at,
        read_at
    from volumes

)

select * from final
