with

source as (

    select * from {{ source('raw_rte', 'france_power_exchanges') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(price as double) as price_eur_per_mwh,
        cast(value as double) as volume_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
