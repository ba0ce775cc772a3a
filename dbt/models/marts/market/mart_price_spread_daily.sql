{%- set inputs = ['mart_price_spread'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

spreads as (

    select * from {{ ref('mart_price_spread') }}
    where {{ in_days(days, day='date_paris') }}

),

by_day as (

    select
        bidding_zone,
        border_code,
        date_paris,
        cast(count(*) as integer) as hours,
        avg(spread_eur_per_mwh) as spread_mean_eur_per_mwh,
        avg(abs(spread_eur_per_mwh)) as spread_mean_abs_eur_per_mwh,
        min(spread_eur_per_mwh) as spread_min_eur_per_mwh,
        max(spread_eur_per_mwh) as spread_max_eur_per_mwh,
        -- prices have two decimals: within one cent they are the same price
        cast(count(case when abs(spread_eur_per_mwh) < 0.01 then 1 end) as integer) as same_price_hours,
        cast(count(case when spread_eur_per_mwh <= -0.01 then 1 end) as integer) as france_cheaper_hours
    from spreads
    group by bidding_zone, border_code, date_paris

),

final as (

    select
        bidding_zone,
        border_code,
        {{ day_period() }},
        date_paris,
        spread_mean_eur_per_mwh,
        spread_mean_abs_eur_per_mwh,
        spread_min_eur_per_mwh,
        spread_max_eur_per_mwh,
        same_price_hours,
        france_cheaper_hours,
        hours - same_price_hours - france_cheaper_hours as france_dearer_hours,
        hours
    from by_day

)

select * from final
