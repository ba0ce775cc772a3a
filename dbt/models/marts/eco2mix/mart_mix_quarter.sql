{%- set inputs = ['fct_eco2mix_national', 'fct_generation_mix', 'fct_load'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) -%}
{%- set types = {
    'nuclear': 'nuclear', 'hydro': 'hydro', 'pumping': 'pumping', 'wind': 'wind', 'solar': 'solar',
    'bioenergy': 'bioenergy', 'gas': 'fossil_gas', 'oil': 'fossil_oil', 'coal': 'fossil_hard_coal',
    'net_import': 'exchange'
} %}

with

periods as (

    select * from {{ ref('int_periods') }}
    where {{ in_days(days, day='date_paris') }}

),

odre as (

    select * from {{ ref('fct_eco2mix_national') }}
    where maturity = 'real_time' and {{ in_days(days, day='date_paris') }}

),

rte_mix as (

    select
        {% for column, mix_type in types.items() -%}
        max(case when mix_type = '{{ mix_type }}' then power_mw end) as {{ column }}_mw,
        {% endfor -%}
        period_start_at,
        date_paris
    from {{ ref('fct_generation_mix') }}
    where {{ in_days(days, day='date_paris') }}
    group by period_start_at, date_paris

),

rte_load as (

    select * from {{ ref('fct_load') }}
    where load_kind = 'realised' and {{ in_days(days, day='date_paris') }}

),

-- whole days of whatever one of them has
present_days as (

    select date_paris from odre
    union
    select date_paris from rte_mix
    union
    select date_paris from rte_load

),

final as (

    select
        {% for column in types -%}
        odre.{{ column }}_mw as {{ column }}_odre_mw,
        rte_mix.{{ column }}_mw as {{ column }}_rte_mw,
        {% endfor -%}
        odre.load_mw as load_odre_mw,
        rte_load.load_mw as load_rte_mw,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris
    from periods
    inner join present_days on periods.date_paris = present_days.date_paris
    left join odre on periods.period_start_at = odre.period_start_at
    left join rte_mix on periods.period_start_at = rte_mix.period_start_at
    left join rte_load on periods.period_start_at = rte_load.period_start_at

)

select * from final
