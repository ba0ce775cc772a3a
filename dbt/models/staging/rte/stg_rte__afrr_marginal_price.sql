with

source as (

    select * from {{ source('raw_rte', 'afrr_marginal_price') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date'], revised='start_date') }}

),

renamed as (

    select
        -- numbers
        cast(upward_afrr_marginal_price as double) as upward_price_eur_per_mwh,
        cast(downward_afrr_marginal_price as double) as downward_price_eur_per_mwh,
        cast(pdemand as double) as demand_mw,
        cast(afrr_for_france as double) as activated_mw,
        cast(afrr_in_france as double) as activated_in_france_mw,

        -- flags
        lower(picasso_connection) = 'true' as is_connected_to_picasso,

        -- timestamps
        {{ to_utc('start_date') }} as measured_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
