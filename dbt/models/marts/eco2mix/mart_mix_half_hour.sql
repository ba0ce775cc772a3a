{#- Above the usual 80 lines: three states of eight measures stand beside the best. -#}
{%- set inputs = ['fct_eco2mix_national', 'fct_eco2mix_regional'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    days_after=1
) }}
{%- set days = changed_days(inputs) -%}
{%- set values = [
    'load_mw', 'nuclear_mw', 'thermal_mw', 'wind_mw', 'solar_mw', 'hydro_mw', 'bioenergy_mw', 'pumping_mw',
    'battery_charge_mw', 'battery_discharge_mw', 'net_import_mw', 'gas_mw', 'oil_mw', 'coal_mw', 'co2_g_per_kwh'
] -%}
{%- set measures = ['load', 'nuclear', 'thermal', 'wind', 'solar', 'hydro', 'bioenergy', 'net_import'] -%}
{%- set maturities = ['real_time', 'consolidated', 'definitive'] %}

with

-- The day before and the day after too: whether a half-hour is a step depends on the one before it.
half_hours as (

    select * from {{ ref('int_mix_half_hours') }}
    where {{ in_days(days, day='date_paris', before=1, after=1) }}

),

states as (

    select
        {% for measure in measures -%}
        {% for maturity in maturities -%}
        max(case when maturity = '{{ maturity }}' then {{ measure }}_mw end) as {{ measure }}_{{ maturity }}_mw,
        {% endfor -%}
        {% endfor -%}
        area_code,
        period_start_at
    from half_hours
    group by area_code, period_start_at

),

best as (

    select * from half_hours
    qualify row_number() over (
        partition by area_code, period_start_at
        order by
            case when load_mw is null then 1 else 0 end,
            case maturity when 'definitive' then 1 when 'consolidated' then 2 else 3 end
    ) = 1

),

stepped as (

    select
        *,
        lag(maturity) over (partition by area_code order by period_start_at) as maturity_before
    from best

),

final as (

    select
        stepped.area_code,
        stepped.area_name,
        {% for measure in measures -%}
        {% for maturity in maturities -%}
        states.{{ measure }}_{{ maturity }}_mw,
        {% endfor -%}
        {% endfor -%}
        {% for value in values -%}
        stepped.{{ value }},
        {% endfor -%}
        stepped.period_start_at,
        {{ plus_minutes('stepped.period_start_at', 30) }} as period_end_at,
        {{ to_paris('stepped.period_start_at') }} as period_start_paris,
        stepped.date_paris,
        stepped.maturity,
        coalesce(stepped.maturity <> stepped.maturity_before, false) as is_maturity_step
    from stepped
    inner join states
        on stepped.area_code = states.area_code and stepped.period_start_at = states.period_start_at
    where {{ in_days(days, day='stepped.date_paris', after=1) }}

)

select * from final
