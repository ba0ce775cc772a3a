with

source as (

    select * from {{ source('raw_rte', 'coefficient_k') }}

),

newest as (

    select * from source
    {{ newest_row_per(['application_month'], revised='application_month') }}

),

renamed as (

    select
        -- numbers
        cast(coefficient_k as double) as coefficient_k,

        -- timestamps
        cast(application_month || '-01' as date) as month_start_date,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
