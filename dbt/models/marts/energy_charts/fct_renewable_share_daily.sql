{%- set inputs = ['raw_energy_charts.daily_shares'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country'], 'values': ['renewable_share_of_load_pct']}
) }}
{%- set days = changed_days(inputs) %}

with

shares as (

    select * from {{ ref('stg_energy_charts__daily_shares') }}
    where {{ in_days(days, day='raw_instant') }}

),

by_day as (

    select
        country,
        date_local as date_paris,
        max(case when share_type = 'renewable' then share_of_load_pct end) as renewable_share_of_load_pct,
        max(case when share_type = 'solar' then share_of_load_pct end) as solar_share_of_load_pct,
        max(case when share_type = 'wind_onshore' then share_of_load_pct end) as wind_onshore_share_of_load_pct,
        max(case when share_type = 'wind_offshore' then share_of_load_pct end) as wind_offshore_share_of_load_pct,
        max(read_at) as read_at
    from shares
    group by country, date_local

),

final as (

    select
        country,
        {{ day_period() }},
        date_paris,
        renewable_share_of_load_pct,
        solar_share_of_load_pct,
        wind_onshore_share_of_load_pct,
        wind_offshore_share_of_load_pct,
        read_at
    from by_day

)

select * from final
