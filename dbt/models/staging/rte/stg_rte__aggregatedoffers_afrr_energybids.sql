with

source as (

    select * from {{ source('raw_rte', 'aggregatedoffers_afrr_energybids') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(upward_offered_volume as double) as upward_offered_mw,
        cast(upward_shared_volume as double) as upward_shared_mw,
        cast(upward_average_price as double) as upward_mean_price_eur_per_mwh,
        cast(downward_offered_volume as double) as downward_offered_mw,
        cast(downward_shared_volume as double) as downward_shared_mw,
        cast(downward_average_price as double) as downward_mean_price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
