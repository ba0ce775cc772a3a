{%- set inputs = ['raw_energy_charts.signal', 'raw_energy_charts.renewable_share_forecast'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

signals as (

    select * from {{ ref('stg_energy_charts__signal') }}
    where {{ in_days(days, instant='raw_instant') }}

),

shares as (

    select * from {{ ref('stg_energy_charts__renewable_share_forecast') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        coalesce(signals.country, shares.country) as country,
        coalesce(signals.period_start_at, shares.period_start_at) as period_start_at,
        coalesce(signals.period_end_at, shares.period_end_at) as period_end_at,
        coalesce(signals.period_start_paris, shares.period_start_paris) as period_start_paris,
        coalesce(signals.date_paris, shares.date_paris) as date_paris,
        signals.traffic_light,
        coalesce(shares.renewable_share_of_load_pct, signals.renewable_share_of_load_pct)
            as renewable_share_of_load_pct,
        shares.solar_share_of_load_pct,
        shares.wind_onshore_share_of_load_pct,
        shares.wind_offshore_share_of_load_pct,
        coalesce(shares.is_substitute, signals.is_substitute) as is_substitute,
        coalesce(shares.fetched_at, signals.fetched_at) as fetched_at
    from signals
    full outer join shares
        on
            signals.country = shares.country
            and signals.period_start_at = shares.period_start_at

)

select * from final
