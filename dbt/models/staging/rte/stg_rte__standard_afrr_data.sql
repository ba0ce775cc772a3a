with

source as (

    select * from {{ source('raw_rte', 'standard_afrr_data') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(upward_afrr_requested_need as double) as upward_requested_mw,
        cast(upward_afrr_activated_volume_for_fr as double) as upward_activated_mw,
        cast(upward_afrr_activated_volume_in_fr as double) as upward_activated_in_france_mw,
        cast(upward_weighted_average_price_afrr_activated_for_fr as double) as upward_price_eur_per_mwh,
        cast(downward_afrr_requested_need as double) as downward_requested_mw,
        cast(downward_afrr_activated_volume_for_fr as double) as downward_activated_mw,
        cast(downward_afrr_activated_volume_in_fr as double) as downward_activated_in_france_mw,
        cast(downward_weighted_average_price_afrr_activated_for_fr as double) as downward_price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
