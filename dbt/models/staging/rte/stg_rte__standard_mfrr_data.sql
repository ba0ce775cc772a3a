with

source as (

    select * from {{ source('raw_rte', 'standard_mfrr_data') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(total_requested_volume_sa as double) as requested_scheduled_mw,
        cast(total_requested_volume_da as double) as requested_direct_mw,
        cast(total_activated_volume_sa as double) as activated_scheduled_mw,
        cast(total_activated_volume_da as double) as activated_direct_mw,
        cast(settlement_price_current as double) as price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
