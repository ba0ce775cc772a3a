with

source as (

    select * from {{ source('raw_odre', 'temperature_quotidienne_regionale') }}

),

newest as (

    select * from source
    {{ newest_row_per(['date', 'code_insee_region'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        code_insee_region as region_code,

        -- numbers
        cast(tmin as double) as temperature_min_celsius,
        cast(tmax as double) as temperature_max_celsius,
        cast(tmoy as double) as temperature_mean_celsius,

        -- timestamps
        date as date_paris,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
