with

source as (

    select * from {{ source('raw_rte', 'aggregatedoffers_energybids') }}

),

newest as (

    select * from source
    {{ newest_row_per(['offers', 'start_date']) }}

),

renamed as (

    select
        -- ids
        case offers
            when 'Offered_RRstd_Volume' then 'rr_standard'
            when 'Offered_Volume' then 'others'
            else lower(offers)
        end as offer_table,

        -- numbers
        cast(upward_rr_standard as double) as upward_rr_standard_mw,
        cast(downward_rr_standard as double) as downward_rr_standard_mw,
        cast(upward_rr_standard_restricted as double) as upward_rr_standard_restricted_mw,
        cast(downward_rr_standard_restricted as double) as downward_rr_standard_restricted_mw,
        cast(upward_rr_specific as double) as upward_rr_specific_mw,
        cast(downward_rr_specific as double) as downward_rr_specific_mw,
        cast(upward_mfrr as double) as upward_mfrr_mw,
        cast(downward_mfrr as double) as downward_mfrr_mw,
        cast(upward_afrr as double) as upward_afrr_mw,
        cast(downward_afrr as double) as downward_afrr_mw,
        cast(upward_fcr as double) as upward_fcr_mw,
        cast(downward_fcr as double) as downward_fcr_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
