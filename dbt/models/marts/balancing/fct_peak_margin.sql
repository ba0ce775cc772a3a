with

margins as (

    select * from {{ ref('stg_rte__peak_daily_margins') }}

),

final as (

    select
        date_paris,
        peak,
        coalesce(peak_start_at, period_start_at) as period_start_at,
        coalesce(peak_end_at, period_end_at) as period_end_at,
        {{ to_paris('coalesce(peak_start_at, period_start_at)') }} as period_start_paris,
        required_margin_mw,
        available_margin_mw,
        balancing_offers_mw,
        complementary_offers_mw,
        rescue_mw,
        expected_imbalance_mw,
        simulated_required_margin_mw,
        simulated_balancing_offers_mw,
        simulated_complementary_offers_mw,
        simulated_rescue_mw,
        source_updated_at
    from margins

)

select * from final
