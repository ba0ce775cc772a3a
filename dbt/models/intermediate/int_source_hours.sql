{#- Above the usual 80 lines: three sources, each with its own shape. -#}
{{ config(materialized='view') }}

{%- set measures = ['load', 'nuclear', 'wind', 'solar', 'hydro', 'bioenergy', 'gas', 'oil', 'coal'] -%}
{%- set measure_of_type %}
        case
            when production_type in ('hydro_run_of_river', 'hydro_reservoir', 'hydro_pumped_storage', 'hydro',
                'hydro_pumped_storage_consumption', 'marine') then 'hydro'
            when production_type in ('wind_onshore', 'wind_offshore') then 'wind'
            when production_type in ('biomass', 'waste', 'biogas') then 'bioenergy'
            when production_type = 'fossil_gas' then 'gas'
            when production_type = 'fossil_oil' then 'oil'
            when production_type = 'fossil_hard_coal' then 'coal'
            else production_type
        end
{%- endset %}

with

rte_load as (

    select
        'load' as measure,
        {{ hour_of('period_start_at') }} as hour_start_at,
        date_paris,
        avg(load_mw) as power_mw
    from {{ ref('fct_load') }}
    where load_kind = 'realised'
    group by 2, 3
    having count(load_mw) = 4

),

rte_types as (

    select
        {{ measure_of_type }} as measure,
        period_start_at as hour_start_at,
        date_paris,
        sum(generation_mw) as power_mw
    from {{ ref('fct_generation') }}
    group by 1, 2, 3
    having count(generation_mw) = count(*)

),

-- Pumping counts as negative hydro, as RTE's pumped storage and Energy-Charts' consumption do.
odre as (

    {% for measure in measures -%}
    select
        '{{ measure }}' as measure,
        {{ hour_of('period_start_at') }} as hour_start_at,
        date_paris,
        maturity,
        avg({{ measure }}_mw{{ ' + pumping_mw' if measure == 'hydro' }}) as power_mw
    from {{ ref('mart_mix_half_hour') }}
    where area_code = 'FR'
    group by 2, 3, 4
    having count({{ measure }}_mw) = 2
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

energy_charts as (

    select
        {{ measure_of_type }} as measure,
        period_start_at as hour_start_at,
        date_paris,
        sum(power_mw) as power_mw
    from {{ ref('int_public_power_hourly') }}
    where country = 'fr'
    group by 1, 2, 3

),

energy_charts_load as (

    select
        'load' as measure,
        {{ hour_of('period_start_at') }} as hour_start_at,
        date_paris,
        avg(load_mw) as power_mw
    from {{ ref('fct_country_balance') }}
    where country = 'fr'
    group by 2, 3
    having sum(case when load_mw is not null then resolution_minutes end) = 60

),

final as (

    select
        'rte' as data_source,
        cast(null as varchar) as maturity,
        measure,
        hour_start_at,
        date_paris,
        power_mw
    from rte_load
    union all
    select
        'rte' as data_source,
        cast(null as varchar) as maturity,
        measure,
        hour_start_at,
        date_paris,
        power_mw
    from rte_types
    union all
    select
        'odre' as data_source,
        maturity,
        measure,
        hour_start_at,
        date_paris,
        power_mw
    from odre
    union all
    select
        'energy_charts' as data_source,
        cast(null as varchar) as maturity,
        measure,
        hour_start_at,
        date_paris,
        power_mw
    from energy_charts_load
    union all
    select
        'energy_charts' as data_source,
        cast(null as varchar) as maturity,
        measure,
        hour_start_at,
        date_paris,
        power_mw
    from energy_charts

)

select * from final
where measure in ('{{ measures | join("', '") }}')
