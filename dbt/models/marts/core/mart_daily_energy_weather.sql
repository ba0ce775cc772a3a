{{ config(cluster_by=['date_paris']) }}

-- Longer than 80 lines for its columns. A table made anew each time: a row a day, joined from what is daily already, so
-- that figures that come late (gas after a month, meters after two) are in it wherever their days lie.
with

electricity as (

    select * from {{ ref('int_electricity_daily') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

gas as (

    select * from {{ ref('mart_gas_daily') }}

),

odre as (

    select * from {{ ref('fct_temperature_national') }}
    where temperature_source = 'odre' and completeness >= 0.999

),

mix as (

    select * from {{ ref('int_mix_daily') }}
    where area_code = 'FR'

),

carbon as (

    select * from {{ ref('mart_carbon_daily') }}
    where area_code = 'FR'

),

degree_days as (

    select
        date_paris,
        max(case when degree_day_kind = 'heating_15' then degree_days_celsius end) as heating_degree_days_celsius,
        max(case when degree_day_kind = 'cooling_22' then degree_days_celsius end) as cooling_degree_days_celsius,
        max(case when is_forecast then 1 else 0 end) = 1 as is_forecast
    from {{ ref('fct_degree_day') }}
    where temperature_source = 'open_meteo'
    group by date_paris

),

final as (

    select
        electricity.period_start_at,
        electricity.period_end_at,
        electricity.period_start_paris,
        electricity.date_paris,
        electricity.load_gwh,
        electricity.load_mean_mw,
        electricity.load_min_mw,
        electricity.load_max_mw,
        electricity.load_completeness,
        electricity.residual_load_gwh,
        electricity.residual_load_min_mw,
        electricity.residual_load_max_mw,
        electricity.residual_load_completeness,
        electricity.nuclear_gwh,
        electricity.hydro_gwh,
        electricity.hydro_generation_gwh,
        electricity.pumping_gwh,
        electricity.wind_gwh,
        electricity.solar_gwh,
        electricity.fossil_gwh,
        electricity.bioenergy_gwh,
        electricity.pumped_storage_gwh,
        electricity.fossil_gas_gwh,
        electricity.generation_completeness,
        electricity.net_export_gwh,
        electricity.net_export_gb_gwh,
        electricity.net_export_be_gwh,
        electricity.net_export_de_gwh,
        electricity.net_export_ch_gwh,
        electricity.net_export_it_gwh,
        electricity.net_export_es_gwh,
        electricity.net_export_completeness,
        electricity.price_mean_eur_per_mwh,
        electricity.price_min_eur_per_mwh,
        electricity.price_max_eur_per_mwh,
        electricity.negative_price_hours,
        electricity.price_completeness,
        electricity.temperature_mean_celsius,
        electricity.temperature_min_celsius,
        electricity.temperature_max_celsius,
        electricity.temperature_completeness,
        mix.maturity as mix_maturity,
        mix.completeness as mix_completeness,
        mix.load_gwh as mix_load_gwh,
        mix.nuclear_gwh as mix_nuclear_gwh,
        mix.thermal_gwh as mix_thermal_gwh,
        mix.wind_gwh as mix_wind_gwh,
        mix.solar_gwh as mix_solar_gwh,
        mix.hydro_gwh as mix_hydro_gwh,
        mix.bioenergy_gwh as mix_bioenergy_gwh,
        mix.pumping_gwh as mix_pumping_gwh,
        carbon.rte_g_per_kwh as co2_rte_g_per_kwh,
        carbon.direct_g_per_kwh as co2_direct_g_per_kwh,
        carbon.ipcc_g_per_kwh as co2_ipcc_g_per_kwh,
        carbon.consumption_direct_g_per_kwh as co2_consumption_direct_g_per_kwh,
        carbon.consumption_ipcc_g_per_kwh as co2_consumption_ipcc_g_per_kwh,
        carbon.direct_emissions_tonnes as co2_emissions_tonnes,
        calendar.season,
        calendar.season_label,
        calendar.is_workday,
        calendar.holiday_name,
        odre.temperature_mean_celsius as odre_temperature_mean_celsius,
        degree_days.heating_degree_days_celsius,
        degree_days.cooling_degree_days_celsius,
        degree_days.is_forecast as is_temperature_forecast,
        gas.stock_gwh as gas_stock_gwh,
        gas.fill_pct as gas_fill_pct,
        gas.is_full as is_gas_storage_full,
        gas.injection_gwh as gas_injection_gwh,
        gas.withdrawal_gwh as gas_withdrawal_gwh
    from electricity
    inner join calendar on electricity.date_paris = calendar.date_paris
    left join mix on electricity.date_paris = mix.date_paris
    left join carbon on electricity.date_paris = carbon.date_paris
    left join odre on electricity.date_paris = odre.date_paris
    left join degree_days on electricity.date_paris = degree_days.date_paris
    left join gas on electricity.date_paris = gas.date_paris

)

select * from final
