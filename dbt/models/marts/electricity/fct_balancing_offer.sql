{%- set inputs = ['raw_rte.aggregatedoffers_energybids'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

{%- set products = {
    'rr_standard': 'rr_standard',
    'rr_standard_restricted': 'rr_standard',
    'rr_specific': 'others',
    'mfrr': 'others',
    'afrr': 'others',
    'fcr': 'others',
} %}

with

bids as (

    select * from {{ ref('stg_rte__aggregatedoffers_energybids') }}
    where {{ in_days(days, instant='raw_instant') }}

),

-- Each product stands in one of RTE's two tables; in the other one it is not zero but absent.
final as (

    {% for product, offer_table in products.items() -%}
    select
        '{{ product }}' as product,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        upward_{{ product }}_mw as upward_offered_mw,
        downward_{{ product }}_mw as downward_offered_mw,
        read_at
    from bids
    where offer_table = '{{ offer_table }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
