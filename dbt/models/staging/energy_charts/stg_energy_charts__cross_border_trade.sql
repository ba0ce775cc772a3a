with

source as (

    select * from {{ source('raw_energy_charts', 'cross_border_trade') }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'neighbour', 'start_date'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        country,
        neighbour,

        -- numbers
        cast(value as double) as net_import_gw,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
