with

districts as (

    select * from {{ ref('paris_districts') }}

),

final as (

    select
        district_code,
        district_number,
        district_name,
        postal_code,
        latitude,
        longitude,
        population,
        area_km2
    from districts

)

select * from final
