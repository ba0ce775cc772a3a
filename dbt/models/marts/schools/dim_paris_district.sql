with

districts as (

    select * from {{ ref('paris_districts') }}

),

outlines as (

    select * from {{ ref('paris_district_outlines') }}

),

final as (

    select
        districts.district_code,
        districts.district_number,
        districts.district_name,
        districts.postal_code,
        districts.latitude,
        districts.longitude,
        districts.population,
        districts.area_km2,
        outlines.outline
    from districts
    left join outlines on districts.district_code = outlines.district_code

)

select * from final
