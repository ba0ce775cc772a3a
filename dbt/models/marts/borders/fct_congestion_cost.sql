with

costs as (

    select * from {{ ref('stg_rte__congestion_costs') }}

),

-- One column each: `congestion` is the sum of the others, and beside them in rows it would double every sum.
final as (

    select
        date_paris as month_start_date,
        period_start_at,
        max(period_end_at) as period_end_at,
        period_start_paris,
        date_paris,
        sum(case when cost_kind = 'countertrading' then cost_eur end) as countertrading_cost_eur,
        sum(case when cost_kind = 'redispatching' then cost_eur end) as redispatching_cost_eur,
        sum(case when cost_kind = 'congestion' then cost_eur end) as congestion_cost_eur
    from costs
    group by period_start_at, period_start_paris, date_paris

)

select * from final
