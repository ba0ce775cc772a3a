with

signals as (

    select * from {{ ref('stg_rte__capacity_signals') }}

),

final as (

    select
        date_paris,
        min(period_start_at) as period_start_at,
        max(period_end_at) as period_end_at,
        min(period_start_paris) as period_start_paris,
        max(case when signal_kind = 'pp1' and is_peak_day then 1 else 0 end) = 1 as is_pp1,
        max(case when signal_kind = 'pp2' and is_peak_day then 1 else 0 end) = 1 as is_pp2
    from signals
    group by date_paris

)

select * from final
