with

source as (

    select * from {{ source('raw_odre', 'eco2mix_national_cons_def') }}

),

newest as (

    select * from source
    {{ newest_row_per(['perimetre', 'date_heure', 'date', 'heure', 'nature'], revised='date_heure') }}

),

renamed as (

    select
        -- numbers
        {{ eco2mix_national_measures() }},

        -- timestamps and state
        {{ eco2mix_period() }}

    from newest

)

select * from renamed
