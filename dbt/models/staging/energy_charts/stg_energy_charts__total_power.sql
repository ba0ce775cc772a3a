with

source as (

    select * from {{ source('raw_energy_charts', 'total_power') }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'production_type', 'start_date'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        country,
        production_type as energy_charts_label,
        series_class,
        unit,

        -- numbers
        cast(value as double) as series_value,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
