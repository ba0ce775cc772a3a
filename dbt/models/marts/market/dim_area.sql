with

areas as (

    select * from {{ ref('areas') }}

),

final as (

    select
        area_code,
        area_name,
        ec_country,
        ec_bidding_zone,
        zone_covers_country,
        border_code,
        eic_bidding_zone,
        eic_country,
        timezone
    from areas

)

select * from final
