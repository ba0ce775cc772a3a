{%- set inputs = ['mart_price_hourly', 'int_public_power_hourly', 'fct_country_balance'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    post_hook="{{ note_built_days() }}"
) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select * from {{ ref('mart_price_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

areas as (

    select * from {{ ref('areas') }}
    where stands_for_zone

),

generation as (

    select
        country,
        period_start_at,
        sum(case when production_type in ('wind_onshore', 'wind_offshore') then power_mw end) as wind_mw,
        max(case when production_type = 'solar' then power_mw end) as solar_mw
    from {{ ref('int_public_power_hourly') }}
    where {{ in_days(days, day='date_paris') }}
    group by country, period_start_at

),

balances as (

    select
        country,
        {{ hour_of('period_start_at') }} as period_start_at,
        sum(residual_load_mw * resolution_minutes) / 60 as residual_load_mw
    from {{ ref('fct_country_balance') }}
    where {{ in_days(days, day='date_paris') }}
    group by 1, 2
    having sum(case when residual_load_mw is not null then resolution_minutes end) = 60

),

final as (

    select
        areas.area_code,
        prices.bidding_zone,
        prices.period_start_at,
        prices.date_paris,
        prices.price_eur_per_mwh,
        generation.wind_mw,
        generation.solar_mw,
        balances.residual_load_mw
    from prices
    inner join areas on prices.bidding_zone = areas.ec_bidding_zone
    left join generation
        on
            areas.ec_country = generation.country
            and prices.period_start_at = generation.period_start_at
    left join balances
        on
            areas.ec_country = balances.country
            and prices.period_start_at = balances.period_start_at

)

select * from final
