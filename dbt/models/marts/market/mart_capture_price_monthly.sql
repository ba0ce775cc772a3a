with

daily as (

    select
        *,
        cast(date_trunc('month', date_paris) as date) as month_start
    from {{ ref('mart_capture_price_daily') }}

),

by_month as (

    select
        area_code,
        bidding_zone,
        production_type,
        month_start,
        cast(sum(hours) as integer) as hours,
        sum(generation_mwh) as generation_mwh,
        sum(market_value_eur) as market_value_eur,
        sum(base_price_eur_per_mwh * hours) / sum(hours) as base_price_eur_per_mwh
    from daily
    group by area_code, bidding_zone, production_type, month_start

),

final as (

    select
        area_code,
        bidding_zone,
        production_type,
        month_start,
        generation_mwh,
        market_value_eur,
        base_price_eur_per_mwh,
        {{ capture_price('generation_mwh', 'market_value_eur') }} as capture_price_eur_per_mwh,
        {{ capture_rate('generation_mwh', 'market_value_eur', 'base_price_eur_per_mwh') }} as capture_rate_pct,
        hours
    from by_month

)

select * from final
