{#- Above the usual 80 lines: the list of measures is long. Revisions are logged of sums, not of their sub-types. -#}
{%- set inputs = ['raw_odre.eco2mix_national_tr', 'raw_odre.eco2mix_national_cons_def'] -%}
{%- set values = [
    'load_mw', 'load_day_ahead_forecast_mw', 'load_intraday_forecast_mw', 'nuclear_mw', 'gas_mw', 'oil_mw', 'coal_mw',
    'wind_mw', 'solar_mw', 'hydro_mw', 'bioenergy_mw', 'pumping_mw', 'battery_charge_mw', 'battery_discharge_mw',
    'net_import_mw', 'commercial_net_import_gb_mw', 'commercial_net_import_es_mw', 'commercial_net_import_it_mw',
    'commercial_net_import_ch_mw', 'commercial_net_import_de_be_mw', 'wind_onshore_mw', 'wind_offshore_mw',
    'gas_ccgt_mw', 'gas_chp_mw', 'gas_turbine_mw', 'gas_other_mw', 'oil_chp_mw', 'oil_turbine_mw', 'oil_other_mw',
    'hydro_run_of_river_mw', 'hydro_reservoir_mw', 'hydro_pumped_storage_mw', 'bioenergy_waste_mw',
    'bioenergy_biomass_mw', 'bioenergy_biogas_mw', 'co2_g_per_kwh'
] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['maturity'], 'values': values[:20] + values[-1:]}
) }}
{%- set days = changed_days(inputs) %}

with

real_time as (

    select * from {{ ref('stg_odre__eco2mix_national_tr') }}
    where not is_phantom_label and {{ in_days(days, instant='raw_instant') }}

),

metered as (

    select * from {{ ref('stg_odre__eco2mix_national_cons_def') }}
    where not is_phantom_label and {{ in_days(days, instant='raw_instant') }}

),

-- Metered rows come every quarter, measures at :00 and :30 only and forecasts in all: the mean of what is there.
published as (

    select
        maturity,
        15 as resolution_minutes,
        date_paris,
        period_start_at,
        {{ values | join(',\n        ') }},
        read_at
    from real_time
    union all
    select
        maturity,
        30 as resolution_minutes,
        date_paris,
        {{ half_hour_of('period_start_at') }} as period_start_at,
        {% for value in values -%}
        avg({{ value }}) as {{ value }},
        {% endfor -%}
        max(read_at) as read_at
    from metered
    group by 1, 2, 3, 4

),

periods as (

    {{ eco2mix_periods('published', ['maturity']) }}

),

final as (

    select
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
        on periods.maturity = published.maturity and periods.period_start_at = published.period_start_at

)

select * from final
