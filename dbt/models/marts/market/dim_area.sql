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
        stands_for_zone,
        border_code,
        eic_bidding_zone,
        eic_country,
        timezone
    from areas

)

select * from final
