with

alerts as (

    select * from {{ ref('stg_rte__insufficients_offers') }}

),

final as (

    select
        alert_kind,
        nature,
        direction,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        {{ minutes_between('period_start_at', 'period_end_at') }} / 60.0e0 as duration_hours,
        source_updated_at
    from alerts

)

select * from final
