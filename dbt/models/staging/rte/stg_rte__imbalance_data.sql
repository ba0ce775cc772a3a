with

source as (

    select * from {{ source('raw_rte', 'imbalance_data') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- ids
        case system_trend
            when 'BAISSE' then 'long'
            when 'HAUSSE' then 'short'
            else lower(system_trend)
        end as system_state,
        nullif(missing_data_list, 'N/A') as missing_data,

        -- numbers
        cast(imbalance as double) as system_imbalance_mwh,
        cast(positive_imbalance_settlement_price as double) as positive_imbalance_price_eur_per_mwh,
        cast(negative_imbalance_settlement_price as double) as negative_imbalance_price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
