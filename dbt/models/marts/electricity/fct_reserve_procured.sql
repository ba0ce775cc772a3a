{%- set inputs = ['raw_rte.result_procured_reserves'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

reserves as (

    select * from {{ ref('stg_rte__result_procured_reserves') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        reserve,
        product,
        procurement_horizon,
        direction,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        offered_mw,
        contracted_mw,
        price_eur_per_mw,
        contracted_mw * price_eur_per_mw as cost_eur,
        source_updated_at,
        read_at
    from reserves

)

select * from final
