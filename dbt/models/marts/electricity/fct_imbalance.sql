{%- set inputs = ['raw_rte.imbalance_data'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={
        'entity': [],
        'values': [
            'system_imbalance_mwh', 'positive_imbalance_price_eur_per_mwh', 'negative_imbalance_price_eur_per_mwh'
        ]
    }
) }}
{%- set days = changed_days(inputs) %}

with

imbalances as (

    select * from {{ ref('stg_rte__imbalance_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        resolution_minutes,
        system_imbalance_mwh,
        system_imbalance_mwh * 60 / resolution_minutes as system_imbalance_mw,
        system_state,
        positive_imbalance_price_eur_per_mwh,
        negative_imbalance_price_eur_per_mwh,
        missing_data,
        missing_data is not null as is_provisional,
        source_updated_at,
        read_at
    from imbalances

)

select * from final
