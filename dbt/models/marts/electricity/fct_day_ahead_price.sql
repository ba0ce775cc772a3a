{%- set inputs = ['raw_rte.france_power_exchanges'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='period_start_at',
    post_hook=note_built_days_hook(inputs)
) }}

with

exchanges as (

    select * from {{ ref('stg_rte__france_power_exchanges') }}
    {% if is_incremental() %}
    where date_paris in ({{ changed_days(inputs) }})
    {% endif %}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        price_eur_per_mwh,
        volume_mw,
        resolution_minutes
    from exchanges

)

select * from final
