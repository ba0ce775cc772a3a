{%- set inputs = ['fct_day_ahead_price'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select
        *,
        {{ hour_of('period_start_at') }} as hour_start_at
    from {{ ref('fct_day_ahead_price') }}
    where {{ in_days(days, day='date_paris') }}

),

hourly as (

    select
        bidding_zone,
        hour_start_at as period_start_at,
        -- two decimals in, four out: what is left of adding them must not make a zero negative
        round(sum(price_eur_per_mwh * resolution_minutes) / 60, 6) as price_eur_per_mwh,
        min(price_eur_per_mwh) as price_min_eur_per_mwh,
        max(price_eur_per_mwh) as price_max_eur_per_mwh,
        cast(min(resolution_minutes) as integer) as market_step_minutes
    from prices
    where price_eur_per_mwh is not null
    group by bidding_zone, hour_start_at
    having sum(resolution_minutes) = 60

),

final as (

    select
        bidding_zone,
        period_start_at,
        {{ plus_minutes('period_start_at', 60) }} as period_end_at,
        {{ to_paris('period_start_at') }} as period_start_paris,
        cast({{ to_paris('period_start_at') }} as date) as date_paris,
        price_eur_per_mwh,
        price_min_eur_per_mwh,
        price_max_eur_per_mwh,
        market_step_minutes
    from hourly

)

select * from final
