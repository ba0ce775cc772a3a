with

coefficients as (

    select * from {{ ref('stg_rte__coefficient_k') }}

),

final as (

    select
        month_start_date,
        coefficient_k,
        read_at
    from coefficients

)

select * from final
