with

generation as (

    select * from {{ ref('fct_generation_daily') }}

),

capacities as (

    select * from {{ ref('fct_installed_capacity') }}

),

final as (

    select
        generation.production_type,
        generation.production_type_label,
        generation.period_start_at,
        generation.period_end_at,
        generation.period_start_paris,
        generation.date_paris,
        generation.generation_mean_mw,
        capacities.installed_capacity_mw,
        100 * generation.generation_mean_mw / nullif(capacities.installed_capacity_mw, 0) as load_factor_pct,
        generation.completeness
    from generation
    left join capacities
        on
            generation.production_type = capacities.production_type
            and extract(year from generation.date_paris) = capacities.capacity_year

)

select * from final
