{%- set inputs = ['raw_rte.tso_offers'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

offers as (

    select * from {{ ref('stg_rte__tso_offers') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        offer_kind,
        offering_operator,
        activating_operator,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        upward_mw,
        downward_mw,
        upward_max_price_eur_per_mwh,
        upward_min_price_eur_per_mwh,
        downward_max_price_eur_per_mwh,
        downward_min_price_eur_per_mwh,
        read_at
    from offers

)

select * from final
