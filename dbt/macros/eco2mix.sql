{#- What the éCO2mix tables of ODRÉ share. -#}

{#-
  Period, state and origin of a row. The publisher has 96 (48) labels on every day. In March four of them name a clock
  that was skipped, with the instants of the hour after: such a label doesn't come back from the instant as it went in.
-#}
{% macro eco2mix_period(clock='heure') %}
        case nature
            when 'Données temps réel' then 'real_time'
            when 'Données consolidées' then 'consolidated'
            when 'Données définitives' then 'definitive'
            else nature
        end as maturity,
        {{ to_utc('date_heure') }} as period_start_at,
        {{ to_paris(to_utc('date_heure')) }} as period_start_paris,
        cast({{ to_paris(to_utc('date_heure')) }} as date) as date_paris,
        coalesce(
            {{ to_paris(to_utc('date_heure')) }}
            <> try_cast(cast(date as varchar) || ' ' || {{ clock }} || ':00' as timestamp),
            false
        ) as is_phantom_label,
        date_heure as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at
{%- endmacro %}

{#-
  Staging of the national tables, of which one is in real time and one consolidated and definitive. Published sign: pumping
  and charging 0 or less, exchanges positive for import.
-#}
{% macro eco2mix_national_rows(stream) -%}
with

source as (

    select * from {{ source('raw_odre', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['perimetre', 'date_heure', 'date', 'heure', 'nature'], revised='date_heure') }}

),

renamed as (

    select
        -- numbers
        cast(consommation as double) as load_mw,
        cast(prevision_j1 as double) as load_day_ahead_forecast_mw,
        cast(prevision_j as double) as load_intraday_forecast_mw,
        cast(nucleaire as double) as nuclear_mw,
        cast(gaz as double) as gas_mw,
        cast(fioul as double) as oil_mw,
        cast(charbon as double) as coal_mw,
        cast(eolien as double) as wind_mw,
        cast(solaire as double) as solar_mw,
        cast(hydraulique as double) as hydro_mw,
        cast(bioenergies as double) as bioenergy_mw,
        cast(pompage as double) as pumping_mw,
        cast(stockage_batterie as double) as battery_charge_mw,
        cast(destockage_batterie as double) as battery_discharge_mw,
        cast(ech_physiques as double) as net_import_mw,
        cast(ech_comm_angleterre as double) as commercial_net_import_gb_mw,
        cast(ech_comm_espagne as double) as commercial_net_import_es_mw,
        cast(ech_comm_italie as double) as commercial_net_import_it_mw,
        cast(ech_comm_suisse as double) as commercial_net_import_ch_mw,
        cast(ech_comm_allemagne_belgique as double) as commercial_net_import_de_be_mw,
        cast(eolien_terrestre as double) as wind_onshore_mw,
        cast(eolien_offshore as double) as wind_offshore_mw,
        cast(gaz_ccg as double) as gas_ccgt_mw,
        cast(gaz_cogen as double) as gas_chp_mw,
        cast(gaz_tac as double) as gas_turbine_mw,
        cast(gaz_autres as double) as gas_other_mw,
        cast(fioul_cogen as double) as oil_chp_mw,
        cast(fioul_tac as double) as oil_turbine_mw,
        cast(fioul_autres as double) as oil_other_mw,
        cast(hydraulique_fil_eau_eclusee as double) as hydro_run_of_river_mw,
        cast(hydraulique_lacs as double) as hydro_reservoir_mw,
        cast(hydraulique_step_turbinage as double) as hydro_pumped_storage_mw,
        cast(bioenergies_dechets as double) as bioenergy_waste_mw,
        cast(bioenergies_biomasse as double) as bioenergy_biomass_mw,
        cast(bioenergies_biogaz as double) as bioenergy_biogas_mw,
        cast(taux_co2 as double) as co2_g_per_kwh,

        -- timestamps and state
        {{ eco2mix_period() }}

    from newest

)

select * from renamed
{%- endmacro %}

{#- Staging of the regional tables, of the same two kinds and the same sign. -#}
{% macro eco2mix_regional_rows(stream) -%}
with

source as (

    select * from {{ source('raw_odre', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['code_insee_region', 'date_heure', 'date', 'heure', 'nature'], revised='date_heure') }}

),

renamed as (

    select
        -- ids
        code_insee_region as region_code,

        -- numbers
        cast(consommation as double) as load_mw,
        cast(thermique as double) as thermal_mw,
        cast(nucleaire as double) as nuclear_mw,
        cast(eolien as double) as wind_mw,
        cast(solaire as double) as solar_mw,
        cast(hydraulique as double) as hydro_mw,
        cast(bioenergies as double) as bioenergy_mw,
        cast(pompage as double) as pumping_mw,
        cast(stockage_batterie as double) as battery_charge_mw,
        cast(destockage_batterie as double) as battery_discharge_mw,
        cast(ech_physiques as double) as net_import_mw,
        cast(eolien_terrestre as double) as wind_onshore_mw,
        cast(eolien_offshore as double) as wind_offshore_mw,
        cast(tco_thermique as double) as thermal_cover_pct,
        cast(tco_nucleaire as double) as nuclear_cover_pct,
        cast(tco_eolien as double) as wind_cover_pct,
        cast(tco_solaire as double) as solar_cover_pct,
        cast(tco_hydraulique as double) as hydro_cover_pct,
        cast(tco_bioenergies as double) as bioenergy_cover_pct,
        cast(tch_thermique as double) as thermal_load_factor_pct,
        cast(tch_nucleaire as double) as nuclear_load_factor_pct,
        cast(tch_eolien as double) as wind_load_factor_pct,
        cast(tch_solaire as double) as solar_load_factor_pct,
        cast(tch_hydraulique as double) as hydro_load_factor_pct,
        cast(tch_bioenergies as double) as bioenergy_load_factor_pct,

        -- timestamps and state
        {{ eco2mix_period() }}

    from newest

)

select * from renamed
{%- endmacro %}

{#- naive UTC -> start of its half-hour -#}
{% macro half_hour_of(timestamp) -%}
    {{ plus_minutes(hour_of(timestamp), 'case when extract(minute from ' ~ timestamp ~ ') >= 30 then 30 else 0 end') }}
{%- endmacro %}

{#- The intervals of each day on which an entity has rows, those that ODRÉ left out too: 92, 96, 100 or half of it. -#}
{% macro eco2mix_periods(published, entity) -%}
    select
        {% for column in entity -%}
        present.{{ column }},
        {% endfor -%}
        cast(present.resolution_minutes as integer) as resolution_minutes,
        quarters.period_start_at,
        {{ plus_minutes('quarters.period_start_at', 'present.resolution_minutes') }} as period_end_at,
        quarters.period_start_paris,
        quarters.date_paris
    from {{ ref('int_eco2mix_periods') }} as quarters
    inner join (
        select distinct {{ entity | join(', ') }}, resolution_minutes, date_paris from {{ published }}
    ) as present
        on quarters.date_paris = present.date_paris
    where present.resolution_minutes = 15 or quarters.is_half_hour_start
{%- endmacro %}
