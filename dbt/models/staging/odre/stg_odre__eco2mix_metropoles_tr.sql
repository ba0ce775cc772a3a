with

source as (

    select * from {{ source('raw_odre', 'eco2mix_metropoles_tr') }}

),

newest as (

    select * from source
    {{ newest_row_per(['code_insee_epci', 'date_heure', 'date', 'heures', 'nature'], revised='date_heure') }}

),

renamed as (

    select
        -- ids
        code_insee_epci as metropole_code,
        libelle_metropole as metropole_name,

        -- numbers
        cast(consommation as double) as load_mw,
        cast(production as double) as generation_mw,
        cast(echanges_physiques as double) as net_import_mw,

        -- timestamps and state
        {{ eco2mix_period('heures') }}

    from newest

)

select * from renamed
