{%- set inputs = ['raw_rte.standard_afrr_data', 'raw_rte.standard_mfrr_data', 'raw_rte.standard_rr_data'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Over 80 lines: three platforms, each with columns of its own.
with

afrr as (

    select * from {{ ref('stg_rte__standard_afrr_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

mfrr as (

    select * from {{ ref('stg_rte__standard_mfrr_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

rr as (

    select * from {{ ref('stg_rte__standard_rr_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

activations as (

    {% for direction in ['upward', 'downward'] -%}
    select
        'afrr' as reserve,
        '{{ direction }}' as direction,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        {{ direction }}_requested_mw as requested_mw,
        {{ direction }}_activated_mw as activated_mw,
        {{ direction }}_activated_in_france_mw as activated_in_france_mw,
        cast(null as double) as activated_direct_mw,
        {{ direction }}_price_eur_per_mwh as price_eur_per_mwh,
        read_at
    from afrr
    union all
    {% endfor -%}
    -- RTE doesn't tell upward from downward on this platform
    select
        'mfrr' as reserve,
        'undivided' as direction,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        requested_scheduled_mw + requested_direct_mw as requested_mw,
        activated_scheduled_mw + activated_direct_mw as activated_mw,
        cast(null as double) as activated_in_france_mw,
        activated_direct_mw,
        price_eur_per_mwh,
        read_at
    from mfrr
    union all
    select
        'rr' as reserve,
        direction,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        requested_mw,
        activated_mw,
        cast(null as double) as activated_in_france_mw,
        cast(null as double) as activated_direct_mw,
        price_eur_per_mwh,
        read_at
    from rr

),

final as (

    select * from activations

)

select * from final
