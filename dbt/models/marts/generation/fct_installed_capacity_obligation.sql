with

register as (

    select * from {{ ref('stg_rte__capacities_cpc') }}

),

final as (

    select
        case when department_code = 'FR' then 'country' else 'department' end as area_level,
        department_code,
        network,
        contract_type,
        installed_capacity_mw,
        source_updated_at,
        read_at
    from register

)

select * from final
