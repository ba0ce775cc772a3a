with

source as (

    select * from {{ source('raw_rte', 'tso_offers') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'tso_offering', 'tso_activating', 'start_date']) }}

),

renamed as (

    select
        -- ids
        lower(type) as offer_kind,
        tso_offering as offering_operator,
        coalesce(tso_activating, '') as activating_operator,

        -- numbers
        cast(upward_volume as double) as upward_mw,
        cast(downward_volume as double) as downward_mw,
        cast(maximum_upward_price as double) as upward_max_price_eur_per_mwh,
        cast(minimum_upward_price as double) as upward_min_price_eur_per_mwh,
        cast(maximum_downward_price as double) as downward_max_price_eur_per_mwh,
        cast(minimum_downward_price as double) as downward_min_price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
