with

register as (

    select * from {{ ref('stg_rte__capacities_per_production_unit') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

final as (

    select
        register.unit_eic_code,
        register.unit_name,
        coalesce(production_types.production_type, lower(register.rte_production_type)) as production_type,
        register.valid_from_date,
        register.valid_to_date,
        register.valid_to_date is null as is_current,
        register.installed_capacity_mw,
        register.voltage_kv,
        register.location,
        register.producer_name,
        register.register_date,
        register.read_at
    from register
    left join production_types on register.rte_production_type = production_types.rte_code

)

select * from final
