with

production_types as (

    select * from {{ ref('production_types') }}

),

final as (

    select
        production_type,
        production_type_label,
        production_group,
        rte_code,
        color_hex,
        sort_order
    from production_types

)

select * from final
