{%- set inputs = ['raw_rte.balancing_energy_prices'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={
        'entity': [],
        'values': [
            'upward_mean_price_eur_per_mwh', 'downward_mean_price_eur_per_mwh', 'upward_marginal_price_eur_per_mwh',
            'downward_marginal_price_eur_per_mwh'
        ]
    }
) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select * from {{ ref('stg_rte__balancing_energy_prices') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        upward_mean_price_eur_per_mwh,
        downward_mean_price_eur_per_mwh,
        upward_marginal_price_eur_per_mwh,
        downward_marginal_price_eur_per_mwh,
        rr_clearing_price_eur_per_mwh,
        afrr_upward_mean_price_eur_per_mwh,
        afrr_downward_mean_price_eur_per_mwh,
        source_updated_at,
        read_at
    from prices

)

select * from final
