{%- set inputs = ['raw_rte.france_power_exchanges'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

exchanges as (

    select * from {{ ref('stg_rte__france_power_exchanges') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        price_eur_per_mwh,
        volume_mw,
        resolution_minutes
    from exchanges

)

select * from final
