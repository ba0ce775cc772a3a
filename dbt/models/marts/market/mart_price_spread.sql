{%- set inputs = ['mart_price_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select * from {{ ref('mart_price_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

areas as (

    select * from {{ ref('areas') }}
    where border_code is not null

),

final as (

    select
        elsewhere.bidding_zone,
        areas.border_code,
        elsewhere.period_start_at,
        elsewhere.period_end_at,
        elsewhere.period_start_paris,
        elsewhere.date_paris,
        france.price_eur_per_mwh as france_price_eur_per_mwh,
        elsewhere.price_eur_per_mwh as zone_price_eur_per_mwh,
        france.price_eur_per_mwh - elsewhere.price_eur_per_mwh as spread_eur_per_mwh
    from prices as elsewhere
    inner join prices as france
        on
            elsewhere.period_start_at = france.period_start_at
            and france.bidding_zone = 'FR'
    left join areas on elsewhere.bidding_zone = areas.ec_bidding_zone
    where elsewhere.bidding_zone <> 'FR'

)

select * from final
