with

borders as (

    select * from {{ ref('borders') }}

),

final as (

    select
        border_code,
        border_name,
        color_hex,
        sort_order
    from borders

)

select * from final
