{%- set inputs = ['raw_rte.balancing_capacity_imbalance'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

imbalances as (

    select * from {{ ref('stg_rte__balancing_capacity_imbalance') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        expected_imbalance_mw,
        source_updated_at,
        read_at
    from imbalances

)

select * from final
