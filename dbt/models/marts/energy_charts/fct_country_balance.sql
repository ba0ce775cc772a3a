{%- set inputs = ['raw_energy_charts.public_power'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['country'], 'values': ['load_mw', 'residual_load_mw', 'net_import_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

measured as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = 'public_power'
        and reject_reason is null
        and series_class in ('load', 'residual_load', 'trade', 'share')
        and {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        ec_area as country,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        max(resolution_minutes) as resolution_minutes,
        max(case when series_class = 'load' then series_value end) as load_mw,
        max(case when series_class = 'residual_load' then series_value end) as residual_load_mw,
        max(case when series_class = 'trade' then series_value end) as net_import_mw,
        max(case when series = 'Renewable share of load' then series_value end) as renewable_share_of_load_pct,
        max(case when series = 'Renewable share of generation' then series_value end)
            as renewable_share_of_generation_pct,
        max(read_at) as read_at
    from measured
    group by ec_area, period_start_at, period_end_at, period_start_paris, date_paris

)

select * from final
