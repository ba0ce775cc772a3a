{%- set inputs = ['raw_rte.tso_need_for_procured_reserves'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

needs as (

    select * from {{ ref('stg_rte__tso_need_for_procured_reserves') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        reserve,
        direction,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        needed_mw,
        read_at
    from needs

)

select * from final
