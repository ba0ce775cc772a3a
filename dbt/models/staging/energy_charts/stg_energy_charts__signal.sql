with

source as (

    select * from {{ source('raw_energy_charts', 'signal') }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'start_date'], revised='fetched_at') }}

),

renamed as (

    select
        -- ids
        country,

        -- numbers
        cast(share as double) as renewable_share_of_load_pct,
        cast(signal as integer) as traffic_light,
        cast(substitute as boolean) as is_substitute,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('fetched_at') }} as fetched_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
