with

source as (

    select * from {{ source('raw_rte', 'balancing_energy_prices') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- numbers
        cast(upward_weighted_average_price as double) as upward_mean_price_eur_per_mwh,
        cast(downward_weighted_average_price as double) as downward_mean_price_eur_per_mwh,
        cast(upward_marginal_price as double) as upward_marginal_price_eur_per_mwh,
        cast(downward_marginal_price as double) as downward_marginal_price_eur_per_mwh,
        cast(terre_clearing_price as double) as rr_clearing_price_eur_per_mwh,
        cast(upward_weighted_average_price_afrr_activated_for_fr as double) as afrr_upward_mean_price_eur_per_mwh,
        cast(downward_weighted_average_price_afrr_activated_for_fr as double) as afrr_downward_mean_price_eur_per_mwh,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
