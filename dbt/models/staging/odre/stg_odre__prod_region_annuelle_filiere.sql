with

source as (

    select * from {{ source('raw_odre', 'prod_region_annuelle_filiere') }}

),

newest as (

    select * from source
    {{ newest_row_per(['annee', 'code_insee_region'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        code_insee_region as region_code,
        region as region_name,
        cast(annee as integer) as calendar_year,

        -- numbers
        cast(production_nucleaire as double) as nuclear_gwh,
        cast(production_thermique as double) as fossil_gwh,
        cast(production_hydraulique as double) as hydro_gwh,
        cast(production_eolienne as double) as wind_gwh,
        cast(production_solaire as double) as solar_gwh,
        cast(production_bioenergies as double) as bioenergy_gwh,

        -- timestamps
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
