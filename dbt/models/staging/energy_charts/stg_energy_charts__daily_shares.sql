with

source as (

    select * from {{ source('raw_energy_charts', 'daily_shares') }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'share_type', 'date'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        country,
        share_type,

        -- numbers
        cast(value as double) as share_of_load_pct,

        -- timestamps
        cast(date as date) as date_local,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        date as raw_instant

    from newest

)

select * from renamed
