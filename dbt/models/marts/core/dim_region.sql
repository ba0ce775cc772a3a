with

regions as (

    select * from {{ ref('regions') }}

),

final as (

    select
        region_code,
        region_name,
        iso_code,
        population,
        area_km2,
        is_mainland
    from regions

)

select * from final
