with

source as (

    select * from {{ source('raw_odre', 'eco2mix_regional_cons_def') }}

),

newest as (

    select * from source
    {{ newest_row_per(['code_insee_region', 'date_heure', 'date', 'heure', 'nature'], revised='date_heure') }}

),

renamed as (

    select
        -- ids
        code_insee_region as region_code,

        -- numbers
        {{ eco2mix_regional_measures() }},

        -- timestamps and state
        {{ eco2mix_period() }}

    from newest

)

select * from renamed
