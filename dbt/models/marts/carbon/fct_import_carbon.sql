{#- Above the usual 80 lines: which kind of source each type of the neighbours' mix is. -#}
{%- set inputs = ['fct_physical_flow', 'int_public_power_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) -%}
{%- set types = {
    'nuclear': ['nuclear'],
    'hydro': ['hydro', 'hydro_run_of_river', 'hydro_reservoir', 'hydro_pumped_storage', 'marine'],
    'wind': ['wind_onshore', 'wind_offshore'],
    'solar': ['solar'],
    'gas': ['fossil_gas'],
    'oil': ['fossil_oil', 'fossil_oil_shale'],
    'coal': ['fossil_hard_coal', 'fossil_lignite', 'fossil_peat', 'fossil_coal_derived_gas'],
    'bioenergy': ['biomass', 'waste'],
    'geothermal': ['geothermal'],
} %}

with

flows as (

    select * from {{ ref('fct_physical_flow') }}
    where {{ in_days(days, day='date_paris') }}

),

areas as (

    select * from {{ ref('dim_area') }}
    where border_code is not null

),

factors as (

    select * from {{ ref('int_co2_factors') }}

),

usual as (

    select * from {{ ref('neighbour_co2') }}

),

-- Batteries give back what was counted when it was generated.
power as (

    select
        *,
        case
            {% for type, names in types.items() -%}
            when production_type in ('{{ names | join("', '") }}')
                then '{{ type }}'
            {% endfor -%}
            else 'other'
        end as co2_type
    from {{ ref('int_public_power_hourly') }}
    where
        series_class = 'generation'
        and production_type <> 'battery'
        and power_mw > 0
        and {{ in_days(days, day='date_paris') }}

),

emitted as (

    select
        power.country,
        power.period_start_at,
        power.power_mw,
        {% for method in ['direct', 'ipcc'] -%}
        case power.co2_type
            {% for type in types -%}
            when '{{ type }}' then factors.{{ method }}_{{ type }}_g_per_kwh
            {% endfor -%}
            else factors.{{ method }}_other_g_per_kwh
        end * power.power_mw as {{ method }}_kg_per_h,
        {% endfor -%}
        factors.valid_from
    from power
    inner join factors on power.date_paris >= factors.valid_from and power.date_paris < factors.valid_to

),

measured as (

    select
        areas.border_code,
        emitted.period_start_at,
        sum(emitted.direct_kg_per_h) / sum(emitted.power_mw) as direct_g_per_kwh,
        sum(emitted.ipcc_kg_per_h) / sum(emitted.power_mw) as ipcc_g_per_kwh
    from emitted
    inner join areas on emitted.country = areas.ec_country
    group by areas.border_code, emitted.period_start_at

),

final as (

    select
        flows.border_code,
        flows.border_name,
        flows.period_start_at,
        flows.period_end_at,
        flows.period_start_paris,
        flows.date_paris,
        flows.import_mw,
        coalesce(measured.direct_g_per_kwh, usual.direct_g_per_kwh) as direct_g_per_kwh,
        coalesce(measured.ipcc_g_per_kwh, usual.ipcc_g_per_kwh) as ipcc_g_per_kwh,
        measured.direct_g_per_kwh is not null as is_measured
    from flows
    left join usual on flows.border_code = usual.border_code
    left join measured on flows.border_code = measured.border_code and flows.period_start_at = measured.period_start_at

)

select * from final
