"""éCO2mix and carbon on ODRÉ's real data: the models' results against figures worked out straight from the files."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import duckdb
import extracts_eco2mix as extracts
import pytest
from extracts_eco2mix import (
    HAUTS_DE_FRANCE_2024,
    NATIONAL_POLLS,
    NOON_SAMPLES,
    REGIONAL_POLLS,
    independent,
)
from real_warehouse import RealWarehouse
from recorded import require_real_data

require_real_data()

# The real quarters 03:00 to 03:45 of the March day; their twins labelled 02:xx have the loads of an hour earlier.
MARCH_LOADS = {"01:00": 52576, "01:15": 52724, "01:30": 51896, "01:45": 50545}
TWINS = "timestamptz '2026-03-29 01:00:00+00' and timestamptz '2026-03-29 01:45:00+00'"
MEASURES = {
    "load_mw": "consommation",
    "nuclear_mw": "nucleaire",
    "wind_mw": "eolien",
    "solar_mw": "solaire",
    "hydro_mw": "hydraulique",
    "gas_mw": "gaz",
    "oil_mw": "fioul",
    "coal_mw": "charbon",
    "bioenergy_mw": "bioenergies",
    "pumping_mw": "pompage",
    "net_import_mw": "ech_physiques",
    "co2_g_per_kwh": "taux_co2",
}


def newest(path: object, key: str) -> str:
    """The last state of every row of the polls, without the March twins."""
    return f"""(select * from read_csv('{path}') where date_heure not between {TWINS}
        qualify row_number() over (partition by {key} order by fetched_at desc, occurrence) = 1)"""


def test_national_quarters_are_what_the_polls_saw_last(real_warehouse: RealWarehouse) -> None:
    columns = ", ".join(MEASURES)
    built = real_warehouse.rows(
        f"""select period_start_at, {columns} from marts.fct_eco2mix_national
        where maturity = 'real_time' and period_start_at between '2026-03-09' and '2026-08-23 21:45'
        and period_start_at not between '2026-03-29 01:00' and '2026-03-29 01:45' order by 1"""
    )
    seen = independent(
        f"select timezone('UTC', date_heure), {', '.join(MEASURES.values())}"
        f" from {newest(NATIONAL_POLLS, 'date_heure')} order by 1"
    )
    assert len(built) == 16_120 - len(MARCH_LOADS)
    assert built == seen


def test_the_skipped_hour_of_march_is_no_hour(real_warehouse: RealWarehouse) -> None:
    loads = real_warehouse.rows(
        """select strftime(period_start_at, '%H:%M'), load_mw from marts.fct_eco2mix_national
        where maturity = 'real_time' and period_start_at between '2026-03-29 01:00' and '2026-03-29 01:45'"""
    )
    assert dict(loads) == MARCH_LOADS
    quarters = real_warehouse.rows(
        "select count(*), count(load_mw) from marts.fct_eco2mix_national"
        " where date_paris = '2026-03-29' and maturity = 'real_time'"
    )
    assert quarters == [(92, 92)]
    regions = real_warehouse.rows(
        "select count(*), count(distinct region_code) from marts.fct_eco2mix_regional where date_paris = '2026-03-29'"
    )
    assert regions == [(12 * 92, 12)]


@pytest.mark.parametrize(("day", "half_hours", "measured"), [("2024-03-31", 46, 46), ("2024-10-27", 50, 48)])
def test_clock_change_days_of_metered_regions(
    real_warehouse: RealWarehouse, day: str, half_hours: int, measured: int
) -> None:
    """What the publisher has no label for, the first pass of October's hour, is there and NULL."""
    assert real_warehouse.rows(
        f"""select count(*), count(load_mw) from marts.fct_eco2mix_regional
        where region_code = '32' and date_paris = '{day}'"""
    ) == [(half_hours, measured)]


def test_a_metered_year_of_a_region(real_warehouse: RealWarehouse) -> None:
    built = real_warehouse.rows(
        """select count(load_mw), sum(load_mw), sum(thermal_mw), sum(wind_mw), sum(net_import_mw)
        from marts.fct_eco2mix_regional
        where region_code = '32' and maturity = 'consolidated' and date_paris >= '2024-01-01'"""
    )
    seen = independent(
        f"""select count(*), sum("Consommation (MW)"), sum("Thermique (MW)"), sum("Eolien (MW)"),
            sum("Ech. physiques (MW)")
        from read_csv('{HAUTS_DE_FRANCE_2024}', delim=';', header=true)
        where not ("Date" = '2024-03-31' and cast("Heure" as varchar) in ('02:00:00', '02:30:00'))"""
    )
    assert built == seen
    assert seen[0][0] == 17_566


def test_regions_are_what_the_polls_saw_last_and_add_up_to_the_nation(real_warehouse: RealWarehouse) -> None:
    per_region = "select {0}, count(*), sum({1}), sum({2}), sum({3}) from {4} group by 1 order by 1"
    built = real_warehouse.rows(
        per_region.format(
            "cast(region_code as integer)",
            "load_mw",
            "thermal_mw",
            "solar_mw",
            """(select * from marts.fct_eco2mix_regional where maturity = 'real_time' and load_mw is not null
                and date_paris >= '2026-03-15'
                and period_start_at not between '2026-03-29 01:00' and '2026-03-29 01:45')""",
        )
    )
    regions = newest(REGIONAL_POLLS, "code_insee_region, date_heure")
    measured = f"(select * from {regions} where consommation is not null)"
    assert built == independent(
        per_region.format("code_insee_region", "consommation", "thermique", "solaire", measured)
    )
    ((hours, load, solar),) = real_warehouse.rows(
        """select count(*), avg(abs(regions.load_mw / nation.load_mw - 1)), avg(abs(regions.solar_mw - nation.solar_mw))
        from (
            select period_start_at, sum(load_mw) as load_mw, sum(solar_mw) as solar_mw from marts.mart_mix_half_hour
            where area_code <> 'FR' and maturity = 'real_time' group by 1 having count(load_mw) = 12
        ) as regions
        inner join marts.mart_mix_half_hour as nation on regions.period_start_at = nation.period_start_at
        where nation.area_code = 'FR' and nation.maturity = 'real_time' and nation.load_mw > 0"""
    )
    assert hours > 7_000
    assert load < 0.005
    assert solar < 100


def test_energy_balances_in_real_time(real_warehouse: RealWarehouse) -> None:
    """99 of 100 quarters within 2 %; the dbt test eco2mix_balance allows twice that before it warns."""
    ((quarters, off),) = real_warehouse.rows(
        """select count(*), avg(case when abs(nuclear_mw + gas_mw + oil_mw + coal_mw + wind_mw + solar_mw + hydro_mw
            + bioenergy_mw + pumping_mw + net_import_mw - load_mw) > 0.02 * load_mw then 1.0 else 0.0 end)
        from marts.fct_eco2mix_national
        where maturity = 'real_time' and date_paris >= '2026-03-10' and load_mw is not null"""
    )
    assert quarters > 15_000
    assert 0 < off < 0.01


def test_rte_formula_gives_rte_figure_in_real_time(real_warehouse: RealWarehouse) -> None:
    """Within a gram everywhere, exactly in 96 of 100 quarters; and as worked out from the file."""
    ((rows, same, near, bias),) = real_warehouse.rows(
        """select count(*), avg(case when round(direct_g_per_kwh) = rte_g_per_kwh then 1.0 else 0.0 end),
            avg(case when abs(round(direct_g_per_kwh) - rte_g_per_kwh) <= 1 then 1.0 else 0.0 end),
            avg(direct_g_per_kwh - rte_g_per_kwh)
        from marts.fct_carbon_intensity
        where area_code = 'FR' and maturity = 'real_time' and date_paris >= '2026-03-09'
            and rte_g_per_kwh is not null"""
    )
    assert rows > 16_000
    assert same >= 0.96
    assert near == 1
    assert abs(bias) < 0.1
    generation = ["nucleaire", "eolien", "solaire", "hydraulique", "gaz", "fioul", "charbon", "bioenergies"]
    total = " + ".join(f"greatest({column}, 0)" for column in generation)
    ((grams,),) = independent(
        f"""select avg(1000 * (0.986 * charbon + 0.777 * fioul + 0.429 * gaz + 0.494 * bioenergies) / ({total}))
        from {newest(NATIONAL_POLLS, "date_heure")} where consommation is not null"""
    )
    ((built,),) = real_warehouse.rows(
        """select avg(direct_g_per_kwh) from marts.fct_carbon_intensity
        where area_code = 'FR' and maturity = 'real_time'
        and date_paris >= '2026-03-09' and period_start_at not between '2026-03-29 01:00' and '2026-03-29 01:45'"""
    )
    assert built == pytest.approx(grams, abs=1e-6)


def test_rte_formula_is_near_in_2021_and_off_where_metered(real_warehouse: RealWarehouse) -> None:
    spread = """select max(abs(direct_g_per_kwh - rte_g_per_kwh)), avg(direct_g_per_kwh - rte_g_per_kwh)
        from marts.fct_carbon_intensity"""
    ((furthest, _),) = real_warehouse.rows(
        f"{spread} where area_code = 'FR' and date_paris between '2021-12-01' and '2021-12-31'"
    )
    assert furthest < 7
    ((_, bias),) = real_warehouse.rows(f"{spread} where area_code = 'FR' and maturity = 'consolidated'")
    assert bias == pytest.approx(6, abs=0.5)


def test_life_cycle_intensity_is_above_direct_for_a_nuclear_mix(real_warehouse: RealWarehouse) -> None:
    ((direct, ipcc, ademe, unece),) = real_warehouse.rows(
        """select avg(direct_g_per_kwh), avg(ipcc_g_per_kwh), avg(ademe_g_per_kwh), avg(unece_g_per_kwh)
        from marts.fct_carbon_intensity
        where area_code = 'FR' and maturity = 'real_time' and date_paris >= '2026-03-09'"""
    )
    assert 15 < direct < 25
    assert direct < ademe < ipcc < 45
    assert direct < unece < ipcc


def test_consolidated_noon_stands_above_real_time(real_warehouse: RealWarehouse) -> None:
    """The step that the mart marks: load 5 % and solar 15 % at noon, where both states are known."""
    ((days, load, solar),) = real_warehouse.rows(
        """select count(*), avg(load_consolidated_mw - load_real_time_mw),
            avg(solar_consolidated_mw - solar_real_time_mw)
        from marts.mart_mix_half_hour where area_code = 'FR'
        and load_consolidated_mw is not null and load_real_time_mw is not null and date_paris >= '2026-03-09'"""
    )
    samples = " union ".join(
        f"""select timezone('UTC', cast(date_heure as timestamptz)) as start, consommation, solaire
        from read_json('{path}')"""
        for path in NOON_SAMPLES
    )
    ((expected_days, expected_load, expected_solar),) = independent(
        f"""with noons as ({samples}),
        halves as (
            select time_bucket(interval 30 minutes, timezone('UTC', date_heure)) as start, avg(consommation) as load,
                avg(solaire) as solar
            from {newest(NATIONAL_POLLS, "date_heure")} group by 1 having count(consommation) = 2
        )
        select count(*), avg(consommation - load), avg(solaire - solar) from noons inner join halves using (start)"""
    )
    assert (days, load, solar) == (expected_days, pytest.approx(expected_load), pytest.approx(expected_solar))
    assert days > 100
    assert 2_000 < load < 3_300
    assert 1_800 < solar < 2_900
    ((chosen,),) = real_warehouse.rows(
        """select count(*) from marts.mart_mix_half_hour where area_code = 'FR' and load_consolidated_mw is not null
        and (maturity <> 'consolidated' or load_mw <> load_consolidated_mw)"""
    )
    assert chosen == 0


def test_all_fields_of_a_day(real_warehouse: RealWarehouse) -> None:
    """Numbers that come as texts are numbers; sub-types add up to their type; batteries charge negative."""
    ((quarters, gas, wind, charge, british),) = real_warehouse.rows(
        """select count(wind_offshore_mw), max(abs(gas_ccgt_mw + gas_chp_mw + gas_turbine_mw + gas_other_mw - gas_mw)),
            max(abs(wind_onshore_mw + wind_offshore_mw - wind_mw)), max(battery_charge_mw),
            min(commercial_net_import_gb_mw)
        from marts.fct_eco2mix_national
        where maturity = 'real_time' and period_start_at >= '2025-08-22' and period_start_at < '2025-08-23'"""
    )
    assert quarters == 96
    assert gas <= 2
    assert wind <= 2
    assert charge <= 0
    assert british < -3_900


def test_metropoles(real_warehouse: RealWarehouse) -> None:
    """21 metropolises; what is ND is NULL."""
    rows = real_warehouse.rows(
        """select count(*), count(distinct metropole_code), count(load_mw), count(generation_mw), sum(load_mw)
        from marts.fct_metropole_load where date_paris = '2025-01-01'"""
    )
    expected = independent(
        f"""select count(*), count(distinct code_insee_epci), count(consommation), count(production), sum(consommation)
        from ({extracts.metropole_rows()})"""
    )
    assert rows == expected
    assert rows[0][:2] == (21 * 96, 21)


def test_energy_charts_and_odre_tell_the_same_hours(real_warehouse: RealWarehouse) -> None:
    """The evening of 19 March 2026 and the night after, recorded of both: large measures within 2 %."""
    differences = real_warehouse.rows(
        """select measure, sum(hours_compared), max(mean_abs_difference_pct) from marts.fct_source_difference
        where data_source = 'odre' and other_source = 'energy_charts' and date_paris in ('2026-03-19', '2026-03-20')
        group by 1"""
    )
    found = {measure: (hours, most) for measure, hours, most in differences}
    assert {"load", "nuclear", "wind", "hydro", "gas"} <= set(found)
    assert found["load"][0] >= 15
    assert all(found[measure][1] < 2 for measure in ("load", "nuclear", "wind", "gas"))


WATCHED = ("fct_eco2mix_national", "fct_eco2mix_regional", "fct_carbon_intensity", "fct_source_difference")
BROKEN = {
    "whole_days": "delete from marts.fct_eco2mix_regional where period_start_at = '2024-10-27 00:00'",
    "eco2mix_balance": "update marts.fct_eco2mix_national set load_mw = 1.1 * load_mw where maturity = 'real_time'",
    "rte_formula": "update marts.fct_carbon_intensity set rte_g_per_kwh = rte_g_per_kwh + 3",
    "large_measures_agree": """insert into marts.fct_source_difference by name
        select 'load' as measure, 'rte' as data_source, 'odre' as other_source, 'invented' as maturity,
            date '2020-01-01' as date_paris, 24 as hours_compared, 25.0 as mean_abs_difference_pct""",
    "solar_agrees": """insert into marts.fct_source_difference by name
        select 'solar' as measure, 'rte' as data_source, 'odre' as other_source, 'invented' as maturity,
            date '2020-01-01' as date_paris, 24 as hours_compared, 45.0 as mean_abs_difference_pct""",
}


def test_tests_of_the_marts_pass_on_real_data_and_fail_on_broken(real_warehouse: RealWarehouse, tmp_path: Path) -> None:
    assert real_warehouse.failed_tests(*WATCHED) == set()
    broken = tmp_path / real_warehouse.models.name
    copyfile(real_warehouse.models, broken)
    with duckdb.connect(str(broken)) as connection:
        for statement in BROKEN.values():
            connection.execute(statement)
    failed = real_warehouse.failed_tests(*WATCHED, models=broken)
    for name in BROKEN:
        assert any(test.startswith(name) for test in failed), name
