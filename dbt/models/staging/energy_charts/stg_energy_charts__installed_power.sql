with

source as (

    select * from {{ source('raw_energy_charts', 'installed_power') }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'production_type', 'start_date'], revised='last_update') }}

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
        cast(start_date as date) as valid_from,
        {{ to_utc('last_update') }} as source_updated_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
