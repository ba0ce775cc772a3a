with

capacities as (

    select * from {{ ref('stg_rte__capacities_per_production_type') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

final as (

    select
        coalesce(production_types.production_type, lower(capacities.rte_production_type)) as production_type,
        coalesce(production_types.production_type_label, capacities.rte_production_type) as production_type_label,
        cast(extract(year from capacities.period_start_paris) as integer) as capacity_year,
        capacities.period_start_at,
        capacities.period_end_at,
        capacities.period_start_paris,
        capacities.date_paris,
        capacities.installed_capacity_mw,
        capacities.source_updated_at,
        capacities.read_at
    from capacities
    left join production_types on capacities.rte_production_type = production_types.rte_code

)

select * from final
