with

source as (

    select * from {{ source('raw_energy_charts', 'day_ahead_prices') }}

),

newest as (

    select * from source
    {{ newest_row_per(['bidding_zone', 'start_date'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        bidding_zone,
        license_info as licence,

        -- numbers
        cast(price as double) as price_eur_per_mwh,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
