{%- set inputs = ['raw_rte.aggregatedoffers_afrr_energybids'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

offers as (

    select * from {{ ref('stg_rte__aggregatedoffers_afrr_energybids') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        upward_offered_mw,
        upward_shared_mw,
        upward_mean_price_eur_per_mwh,
        downward_offered_mw,
        downward_shared_mw,
        downward_mean_price_eur_per_mwh,
        read_at
    from offers

)

select * from final
