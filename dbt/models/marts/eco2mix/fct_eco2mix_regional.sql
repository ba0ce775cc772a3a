{#- Above the usual 80 lines: the list of measures is long. -#}
{%- set inputs = ['raw_odre.eco2mix_regional_tr', 'raw_odre.eco2mix_regional_cons_def'] -%}
{%- set values = [
    'load_mw', 'thermal_mw', 'nuclear_mw', 'wind_mw', 'solar_mw', 'hydro_mw', 'bioenergy_mw', 'pumping_mw',
    'battery_charge_mw', 'battery_discharge_mw', 'net_import_mw', 'wind_onshore_mw', 'wind_offshore_mw',
    'thermal_cover_pct', 'nuclear_cover_pct', 'wind_cover_pct', 'solar_cover_pct', 'hydro_cover_pct',
    'bioenergy_cover_pct', 'thermal_load_factor_pct', 'nuclear_load_factor_pct', 'wind_load_factor_pct',
    'solar_load_factor_pct', 'hydro_load_factor_pct', 'bioenergy_load_factor_pct'
] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['region_code', 'maturity'], 'values': values[:11]}
) }}
{%- set days = changed_days(inputs) %}

with

real_time as (

    select * from {{ ref('stg_odre__eco2mix_regional_tr') }}
    where not is_phantom_label and {{ in_days(days, instant='raw_instant') }}

),

metered as (

    select * from {{ ref('stg_odre__eco2mix_regional_cons_def') }}
    where not is_phantom_label and {{ in_days(days, instant='raw_instant') }}

),

published as (

    select
        *,
        15 as resolution_minutes
    from real_time
    union all
    select
        *,
        30 as resolution_minutes
    from metered

),

periods as (

    {{ eco2mix_periods('published', ['region_code', 'maturity']) }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

final as (

    select
        periods.region_code,
        regions.region_name,
        periods.maturity,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        periods.resolution_minutes,
        {% for value in values -%}
        published.{{ value }},
        {% endfor -%}
        published.read_at
    from periods
    left join published
        on
            periods.region_code = published.region_code
            and periods.maturity = published.maturity
            and periods.period_start_at = published.period_start_at
    left join regions on periods.region_code = regions.region_code

)

select * from final
