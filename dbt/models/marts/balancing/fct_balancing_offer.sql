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
by_product as (

    {% for product, offer_table in products.items() -%}
    select
        '{{ product }}' as product,
        period_start_at,
        date_paris,
        resolution_minutes,
        upward_{{ product }}_mw as upward_offered_mw,
        downward_{{ product }}_mw as downward_offered_mw,
        read_at
    from bids
    where offer_table = '{{ offer_table }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by product, date_paris) as step_minutes
    from by_product

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['product', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.product,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.upward_offered_mw,
        stepped.downward_offered_mw,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.product = stepped.product
            and periods.period_start_at = stepped.period_start_at

)

select * from final
