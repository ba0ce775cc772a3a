with

source as (

    select * from {{ source('raw_energy_charts', 'renewable_share_forecast') }}

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
        cast(ren_share as double) as renewable_share_of_load_pct,
        cast(solar_share as double) as solar_share_of_load_pct,
        cast(wind_onshore_share as double) as wind_onshore_share_of_load_pct,
        cast(wind_offshore_share as double) as wind_offshore_share_of_load_pct,
        cast(substitute as boolean) as is_substitute,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('fetched_at') }} as fetched_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
