{%- set inputs = ['raw_rte.procured_reserves', 'raw_rte.accepted_offers'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

procured as (

    select * from {{ ref('stg_rte__procured_reserves') }}
    where {{ in_days(days, instant='raw_instant') }}

),

accepted as (

    select * from {{ ref('stg_rte__accepted_offers') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        procured.reserve,
        procured.direction,
        procured.period_start_at,
        procured.period_end_at,
        procured.period_start_paris,
        procured.date_paris,
        procured.procured_mw,
        accepted.accepted_mw,
        procured.price_eur_per_mw,
        procured.source_updated_at,
        procured.read_at
    from procured
    left join accepted
        on
            procured.reserve = accepted.reserve
            and procured.direction = accepted.direction
            and procured.period_start_at = accepted.period_start_at
            and procured.period_end_at = accepted.period_end_at

)

select * from final
