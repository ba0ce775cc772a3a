with

reserves as (

    select * from {{ ref('stg_rte__water_reserves') }}

),

with_previous as (

    select
        *,
        lag(period_end_at) over (order by period_start_at) as previous_end_at,
        lag(stored_energy_mwh) over (order by period_start_at) as previous_mwh
    from reserves

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        stored_energy_mwh,
        case when previous_end_at = period_start_at then stored_energy_mwh - previous_mwh end as change_mwh,
        source_updated_at,
        read_at
    from with_previous

)

select * from final
