with

generation as (

    select * from {{ ref('fct_generation_daily') }}

),

-- RTE's figure of a year is that of its 1 January.
capacities as (

    select
        production_type,
        date_paris as january_date,
        installed_capacity_mw,
        lead(date_paris) over (partition by production_type order by date_paris) as next_january_date,
        lead(installed_capacity_mw) over (partition by production_type order by date_paris) as next_capacity_mw
    from {{ ref('fct_installed_capacity') }}
    where installed_capacity_mw is not null

),

with_capacity as (

    select
        generation.*,
        case
            when capacities.next_january_date is not null then 'interpolated'
            when capacities.january_date is not null then 'held'
        end as capacity_basis,
        case
            when capacities.next_january_date is null then capacities.installed_capacity_mw
            else
                capacities.installed_capacity_mw
                + (capacities.next_capacity_mw - capacities.installed_capacity_mw)
                * cast({{ days_between('capacities.january_date', 'generation.date_paris') }} as double)
                / {{ days_between('capacities.january_date', 'capacities.next_january_date') }}
        end as installed_capacity_mw
    from generation
    left join capacities
        on
            generation.production_type = capacities.production_type
            and generation.date_paris >= capacities.january_date
            and (capacities.next_january_date is null or generation.date_paris < capacities.next_january_date)

),

final as (

    select
        production_type,
        production_type_label,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        generation_mean_mw,
        installed_capacity_mw,
        capacity_basis,
        100 * generation_mean_mw / nullif(installed_capacity_mw, 0) as load_factor_pct,
        completeness
    from with_capacity

)

select * from final
