{#- Above the usual 80 lines: two scopes, and how what a region burns is counted. -#}
{%- set inputs = ['fct_eco2mix_national', 'fct_eco2mix_regional'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) -%}
{%- set methods = ['direct', 'ipcc', 'ademe', 'unece'] -%}
{%- set sources = ['nuclear', 'hydro', 'wind', 'solar', 'bioenergy'] -%}
{%- set keys = [
    'maturity', 'resolution_minutes', 'period_start_at', 'period_end_at', 'period_start_paris', 'date_paris'
] %}

with

factors as (

    select * from {{ ref('int_co2_factors') }}

),

-- A plant at rest draws a little from the grid, which is no negative generation.
national as (

    select
        {{ keys | join(',\n        ') }},
        co2_g_per_kwh,
        {% for source in sources + ['gas', 'oil', 'coal'] -%}
        case when {{ source }}_mw < 0 then 0 else {{ source }}_mw end as {{ source }}_mw,
        {% endfor -%}
        'FR' as area_code,
        'France' as area_name
    from {{ ref('fct_eco2mix_national') }}
    where {{ in_days(days, day='date_paris') }}

),

regional as (

    select
        {{ keys | join(',\n        ') }},
        {% for source in sources + ['thermal'] -%}
        case when {{ source }}_mw < 0 then 0 else {{ source }}_mw end as {{ source }}_mw,
        {% endfor -%}
        region_code as area_code,
        region_name as area_name
    from {{ ref('fct_eco2mix_regional') }}
    where {{ in_days(days, day='date_paris') }}

),

burnt as (

    select
        national.*,
        {% for method in methods -%}
        national.gas_mw * factors.{{ method }}_gas_g_per_kwh
        + national.oil_mw * factors.{{ method }}_oil_g_per_kwh
        + national.coal_mw * factors.{{ method }}_coal_g_per_kwh as {{ method }}_thermal_kg_per_h,
        {% endfor -%}
        national.gas_mw + national.oil_mw + national.coal_mw as thermal_mw
    from national
    inner join factors on national.date_paris >= factors.valid_from and national.date_paris < factors.valid_to

),

-- A region publishes gas, oil and coal as one: it is taken to burn them as the nation does at that moment, so that the
-- regions' emissions add up to the nation's. Where the nation isn't known, neither are they.
areas as (

    select
        {{ keys | join(',\n        ') }},
        {% for source in sources -%}
        {{ source }}_mw,
        {% endfor -%}
        {% for method in methods -%}
        {{ method }}_thermal_kg_per_h,
        {% endfor -%}
        thermal_mw + {{ sources | join('_mw + ') }}_mw as generation_mw,
        co2_g_per_kwh,
        area_code,
        area_name
    from burnt
    union all
    select
        regional.{{ keys | join(',\n        regional.') }},
        {% for source in sources -%}
        regional.{{ source }}_mw,
        {% endfor -%}
        {% for method in methods -%}
        case
            when regional.thermal_mw = 0 then 0
            else regional.thermal_mw * burnt.{{ method }}_thermal_kg_per_h / nullif(burnt.thermal_mw, 0)
        end as {{ method }}_thermal_kg_per_h,
        {% endfor -%}
        (
            regional.thermal_mw
            {% for source in sources -%}
            + regional.{{ source }}_mw
            {% endfor -%}
        ) as generation_mw,
        cast(null as double) as co2_g_per_kwh,
        regional.area_code,
        regional.area_name
    from regional
    left join burnt
        on regional.maturity = burnt.maturity and regional.period_start_at = burnt.period_start_at

),

final as (

    select
        areas.area_code,
        areas.area_name,
        areas.{{ keys | join(',\n        areas.') }},
        areas.generation_mw,
        {% for method in methods -%}
        (
            areas.{{ method }}_thermal_kg_per_h
            {% for source in sources -%}
            + areas.{{ source }}_mw * factors.{{ method }}_{{ source }}_g_per_kwh
            {% endfor -%}
        )
        / nullif(areas.generation_mw, 0) as {{ method }}_g_per_kwh,
        {% endfor -%}
        areas.co2_g_per_kwh as rte_g_per_kwh
    from areas
    inner join factors on areas.date_paris >= factors.valid_from and areas.date_paris < factors.valid_to

)

select * from final
