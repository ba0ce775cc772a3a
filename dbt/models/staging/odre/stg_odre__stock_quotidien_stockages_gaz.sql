with

source as (

    select * from {{ source('raw_odre', 'stock_quotidien_stockages_gaz') }}

),

newest as (

    select * from source
    {{ newest_row_per(['date', 'source', 'pits'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        source as operator_name,
        pits,

        -- numbers
        cast(stock_fin_de_journee as double) as stock_gwh,

        -- timestamps
        date as date_paris,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
