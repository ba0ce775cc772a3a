{{ config(materialized='view') }}

{%- set shared = [
    'load_mw', 'nuclear_mw', 'thermal_mw', 'wind_mw', 'solar_mw', 'hydro_mw', 'bioenergy_mw', 'pumping_mw',
    'battery_charge_mw', 'battery_discharge_mw', 'net_import_mw'
] -%}
{%- set national_only = ['gas_mw', 'oil_mw', 'coal_mw', 'co2_g_per_kwh'] -%}
{%- set keys = ['area_code', 'area_name', 'maturity', 'resolution_minutes', 'period_start_at', 'date_paris'] %}

with

national as (

    select
        *,
        'FR' as area_code,
        'France' as area_name,
        gas_mw + oil_mw + coal_mw as thermal_mw
    from {{ ref('fct_eco2mix_national') }}

),

regional as (

    select
        *,
        region_code as area_code,
        region_name as area_name
    from {{ ref('fct_eco2mix_regional') }}

),

areas as (

    select
        {{ (keys + shared + national_only) | join(',\n        ') }}
    from national
    union all
    select
        {{ (keys + shared) | join(',\n        ') }},
        cast(null as double) as {{ national_only | join(',\n        cast(null as double) as ') }}
    from regional

),

-- Of real time, the mean of both quarters; one of them alone is not the half-hour.
final as (

    select
        area_code,
        area_name,
        maturity,
        date_paris,
        {% for value in shared + national_only -%}
        case when sum(case when {{ value }} is not null then resolution_minutes end) = 30 then avg({{ value }}) end
            as {{ value }},
        {% endfor -%}
        {{ half_hour_of('period_start_at') }} as period_start_at
    from areas
    group by area_code, area_name, maturity, date_paris, {{ half_hour_of('period_start_at') }}

)

select * from final
