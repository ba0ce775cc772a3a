{%- set inputs = ['mart_price_hourly', 'fct_generation', 'int_public_power_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: two sources of generation meet one of prices.
with

prices as (

    select * from {{ ref('mart_price_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

areas as (

    select * from {{ ref('areas') }}
    where stands_for_zone

),

-- For France RTE's own figures: years of them, and hours earlier.
france as (

    select
        'FR' as area_code,
        production_type,
        period_start_at,
        generation_mw
    from {{ ref('fct_generation') }}
    where
        generation_mw is not null
        and {{ in_days(days, day='date_paris') }}

),

neighbours as (

    select
        areas.area_code,
        power.production_type,
        power.period_start_at,
        power.power_mw as generation_mw
    from {{ ref('int_public_power_hourly') }} as power
    inner join areas on power.country = areas.ec_country
    where
        power.series_class = 'generation'
        and power.country <> 'fr'
        and {{ in_days(days, day='power.date_paris') }}

),

generation as (

    select * from france
    union all
    select * from neighbours

),

-- Net pumping is bought, not sold: it counts as no generation.
sold as (

    select
        generation.area_code,
        areas.ec_bidding_zone as bidding_zone,
        generation.production_type,
        prices.date_paris,
        prices.price_eur_per_mwh,
        greatest(generation.generation_mw, 0) as generation_mwh
    from generation
    inner join areas on generation.area_code = areas.area_code
    inner join prices
        on
            areas.ec_bidding_zone = prices.bidding_zone
            and generation.period_start_at = prices.period_start_at

),

by_day as (

    select
        area_code,
        bidding_zone,
        production_type,
        date_paris,
        cast(count(*) as integer) as hours,
        sum(generation_mwh) as generation_mwh,
        sum(generation_mwh * price_eur_per_mwh) as market_value_eur,
        avg(price_eur_per_mwh) as base_price_eur_per_mwh
    from sold
    group by area_code, bidding_zone, production_type, date_paris

),

final as (

    select
        area_code,
        bidding_zone,
        production_type,
        {{ day_period() }},
        date_paris,
        generation_mwh,
        market_value_eur,
        base_price_eur_per_mwh,
        {{ capture_price('generation_mwh', 'market_value_eur') }} as capture_price_eur_per_mwh,
        {{ capture_rate('generation_mwh', 'market_value_eur', 'base_price_eur_per_mwh') }} as capture_rate_pct,
        hours
    from by_day

)

select * from final
