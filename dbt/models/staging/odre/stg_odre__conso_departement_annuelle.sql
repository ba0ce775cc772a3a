{%- set sectors = {
    'a': 'agriculture', 'i': 'industry', 't': 'services', 'r': 'households', 'na': 'unassigned', 'totale': 'total'
} -%}

with

source as (

    select * from {{ source('raw_odre', 'conso_departement_annuelle') }}

),

newest as (

    select * from source
    {{ newest_row_per(['annee', 'code_departement'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        code_departement as department_code,
        libelle_departement as department_name,
        code_region as region_code,
        cast(annee as integer) as calendar_year,

        -- numbers
        {%- for letter, energy in {'e': 'electricity', 'g': 'gas'}.items() %}
        {%- for code, sector in sectors.items() %}
        cast({{ letter }}_conso{{ code }} as double) as {{ energy }}_{{ sector }}_mwh,
        {%- endfor %}
        {%- endfor %}

        -- timestamps
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
