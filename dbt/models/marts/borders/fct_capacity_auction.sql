with

auctions as (

    select * from {{ ref('stg_rte__annual_monthly_auctions_specifications') }}

),

borders as (

    select * from {{ ref('dim_border') }}

),

chosen as (

    {{ rows_by_border('auctions', ['auction_code', 'period_start_at']) }}

),

final as (

    select
        chosen.auction_code,
        chosen.auction_horizon,
        chosen.border_code,
        borders.border_name,
        chosen.direction,
        chosen.neighbour_eic_code,
        chosen.period_start_at,
        chosen.period_end_at,
        chosen.period_start_paris,
        chosen.date_paris,
        chosen.opens_at,
        chosen.closes_at,
        chosen.offered_mw,
        chosen.resold_mw
    from chosen
    inner join borders on chosen.border_code = borders.border_code

)

select * from final
