"""The six questions of ``dbt/analyses`` answered from raw tables, by other means than the marts': for comparison.

Days are those of 2024 that are known as a whole. Every answer has the rows and the columns of its analysis.
"""

from __future__ import annotations

import csv
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from math import floor, isclose
from pathlib import Path
from statistics import correlation, fmean, linear_regression
from typing import Any

import duckdb
from pipeline import DBT, ROOT, environment, rows

YEAR = 2024
GROUPS = {
    "nuclear": ("NUCLEAR",),
    "hydro": ("HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "HYDRO_WATER_RESERVOIR", "HYDRO_PUMPED_STORAGE"),
    "wind": ("WIND_ONSHORE", "WIND_OFFSHORE"),
    "solar": ("SOLAR",),
    "fossil": ("FOSSIL_GAS", "FOSSIL_OIL", "FOSSIL_HARD_COAL"),
    "bioenergy": ("BIOMASS", "WASTE"),
}
TYPES = sum(len(types) for types in GROUPS.values())
BORDERS = {"England": "gb", "Belgium": "be", "Germany": "de", "Switzerland": "ch", "Italy": "it", "Spain": "es"}
SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring"} | {
    6: "summer", 7: "summer", 8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"
}  # fmt: skip
FULL_PCT = 90
DIGITS = 1e-5  # answers are kept with six digits
Answer = list[tuple[Any, ...]]


@dataclass
class Day:
    """What raw tables tell of a day; None where it is not known as a whole."""

    sources: dict[str, float] | None = None
    net_exports: dict[str, float] | None = None
    temperature: float | None = None
    gas: float | None = None
    gas_change: float | None = None
    fill: float | None = None
    hours: int = 24


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "dbt" / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def days_of(raw: Path) -> dict[date, Day]:
    days: dict[date, Day] = defaultdict(Day)
    hours = """select cast(timezone('Europe/Paris', h) as date), count(*) from
        (select unnest(generate_series(timestamptz '2023-12-30', timestamptz '2025-01-02', interval 1 hour)) as h)
        group by 1"""
    for day, count in rows(raw, hours):
        days[day].hours = count
    read_generation(raw, days)
    read_exchanges(raw, days)
    read_temperature(raw, days)
    read_gas(raw, days)
    return {day: known for day, known in days.items() if day.year == YEAR}


def read_generation(raw: Path, days: dict[date, Day]) -> None:
    """What the sources generate: the hours in which pumped storage takes up are pumping, not generation."""
    groups = {code: group for group, codes in GROUPS.items() for code in codes}
    query = """select cast(timezone('Europe/Paris', start_date) as date), production_type,
            sum(if(production_type = 'HYDRO_PUMPED_STORAGE' and value < 0, 0, value)) / 1000, count(value)
        from raw_rte.actual_generations_per_production_type where production_type <> 'TOTAL' group by 1, 2"""
    found: dict[date, list[tuple[str, float, int]]] = defaultdict(list)
    for day, code, energy, count in rows(raw, query):
        found[day].append((groups[code], energy, count))
    for day, parts in found.items():
        if len(parts) == TYPES and all(count == days[day].hours for *_, count in parts):
            days[day].sources = {group: sum(energy for name, energy, _ in parts if name == group) for group in GROUPS}


def read_exchanges(raw: Path, days: dict[date, Day]) -> None:
    query = """select cast(timezone('Europe/Paris', start_date) as date),
            if(sender_country_name = 'France', receiver_country_name, sender_country_name),
            sum(if(sender_country_name = 'France', value, -value)) / 1000, count(value)
        from raw_rte.physical_flows group by 1, 2"""
    found: dict[date, dict[str, tuple[float, int]]] = defaultdict(dict)
    for day, country, energy, count in rows(raw, query):
        found[day][BORDERS[country]] = energy, count
    for day, borders in found.items():
        if len(borders) == len(BORDERS) and all(count == 2 * days[day].hours for _, count in borders.values()):
            days[day].net_exports = {border: energy for border, (energy, _) in borders.items()}


def read_temperature(raw: Path, days: dict[date, Day]) -> None:
    people = {row["region_code"]: int(row["population"]) for row in seed("regions") if row["is_mainland"] == "true"}
    query = """select cast(timezone('Europe/Paris', time) as date), region_code, count(distinct time),
            sum(region_weight * temperature_2m) / sum(region_weight)
        from raw_weather.archive_hourly where temperature_2m is not null group by 1, 2"""
    found: dict[date, list[tuple[int, float, int]]] = defaultdict(list)
    for day, region, count, mean in rows(raw, query):
        if region in people:
            found[day].append((people[region], mean, count))
    for day, regions in found.items():
        if len(regions) == len(people) and all(count == days[day].hours for *_, count in regions):
            days[day].temperature = sum(weight * mean for weight, mean, _ in regions) / sum(people.values())


def read_gas(raw: Path, days: dict[date, Day]) -> None:
    volumes = {row["pits"]: float(row["useful_volume_gwh"]) for row in seed("gas_storages")}
    stocks: dict[date, dict[str, float]] = defaultdict(dict)
    for day, pits, stock in rows(
        raw, "select date, pits, stock_fin_de_journee from raw_odre.stock_quotidien_stockages_gaz"
    ):
        stocks[day][pits] = stock
    for day, known in stocks.items():
        if len(known) == len(volumes):
            days[day].gas = sum(known.values())
            days[day].fill = 100 * sum(known.values()) / sum(volumes.values())
            before = stocks.get(date.fromordinal(day.toordinal() - 1), {})
            if len(before) == len(volumes):
                days[day].gas_change = sum(known.values()) - sum(before.values())


def repartition_of_sources(days: Iterable[tuple[date, Day]]) -> Answer:
    known = [day.sources for _, day in days if day.sources]
    sums = {group: sum(sources[group] for sources in known) for group in GROUPS}
    total = sum(sums.values())
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    return [(group, len(known), energy, 100 * energy / total) for group, energy in ordered]


def gas_stock_against_temperature(days: Iterable[tuple[date, Day]]) -> Answer:
    known = [
        (day.temperature, day.gas, day.fill, day.gas_change)
        for _, day in days
        if day.temperature is not None and day.gas is not None and day.fill is not None and day.gas_change is not None
    ]
    temperatures, _, fills, changes = zip(*known, strict=True)
    overall = correlation(fills, temperatures), correlation(changes, temperatures)
    bands: dict[int, list[tuple[float, ...]]] = defaultdict(list)
    for temperature, *gas in known:
        bands[5 * floor(temperature / 5)].append(tuple(gas))
    return [
        (band, len(gas), *(fmean(column) for column in zip(*gas, strict=True)), *overall)
        for band, gas in sorted(bands.items())
    ]


def against(days: Iterable[tuple[date, Day]], of: Callable[[Day], float | None], least: float, most: float) -> Answer:
    known = [(x, day.sources) for _, day in days if day.sources and (x := of(day)) is not None]
    answer = []
    for group in sorted(GROUPS):
        xs = [x for x, _ in known]
        ys = [sources[group] for _, sources in known]
        low = fmean(y for x, y in zip(xs, ys, strict=True) if x < least)
        high = fmean(y for x, y in zip(xs, ys, strict=True) if x >= most)
        answer.append((group, len(known), correlation(xs, ys), linear_regression(xs, ys).slope, low, high))
    return answer


def sources_against_temperature(days: Iterable[tuple[date, Day]]) -> Answer:
    return against(days, lambda day: day.temperature, 5, 20)


def sources_against_gas_stock(days: Iterable[tuple[date, Day]]) -> Answer:
    return against(days, lambda day: day.fill, 40, 80)


def seasonal_shares(days: Iterable[tuple[date, Day]]) -> Answer:
    seasons: dict[str, list[dict[str, float]]] = defaultdict(list)
    for when, day in days:
        if day.sources:
            seasons[SEASONS[when.month]].append(day.sources)
    answer = []
    for season, known in sorted(seasons.items()):
        total = sum(sum(sources.values()) for sources in known)
        shares = (100 * sum(sources[group] for sources in known) / total for group in GROUPS)
        answer.append((season, len(known), total / len(known), *shares))
    return answer


def exchanges_when_stocks_are_full(days: Iterable[tuple[date, Day]]) -> Answer:
    kinds: dict[bool, list[tuple[float, dict[str, float]]]] = defaultdict(list)
    for _, day in days:
        if day.fill is not None and day.net_exports:
            kinds[day.fill >= FULL_PCT].append((day.fill, day.net_exports))
    answer = []
    for is_full, known in sorted(kinds.items()):
        nets = [sum(borders.values()) for _, borders in known]
        by_border = (fmean(borders[border] for _, borders in known) for border in BORDERS.values())
        fill = fmean(fill for fill, _ in known)
        answer.append((is_full, len(known), fill, fmean(nets), *by_border, sum(net < 0 for net in nets)))
    return answer


QUESTIONS: dict[str, Callable[[Iterable[tuple[date, Day]]], Answer]] = {
    question.__name__: question
    for question in (
        repartition_of_sources,
        gas_stock_against_temperature,
        sources_against_temperature,
        sources_against_gas_stock,
        seasonal_shares,
        exchanges_when_stocks_are_full,
    )
}


def ask(served: Path, raw: Path, scratch: Path) -> dict[str, Answer]:
    """The answer to each question that its analysis finds in the ``served`` marts."""
    settings = {
        "HEXAWATT_RAW_FILE": str(raw),
        "HEXAWATT_MODELS_FILE": str(scratch / "served.duckdb"),  # the analyses name the file's database
        "DBT_TARGET_PATH": str(scratch / "target"),
        "DBT_LOG_PATH": str(scratch / "logs"),
    }
    span = f"{{first_day: {YEAR}-01-01, last_day: {YEAR}-12-31}}"
    flags = ["--project-dir", ROOT / "dbt", "--profiles-dir", ROOT / "dbt", "--target", "duckdb", "--vars", span]
    command = [DBT, "compile", *flags, "--select", *QUESTIONS]
    done = subprocess.run(command, env=environment(**settings), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    folder = scratch / "target" / "compiled" / "hexawatt" / "analyses"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{served}' as served (read_only)")
        return {name: connection.execute((folder / f"{name}.sql").read_text()).fetchall() for name in QUESTIONS}


def printed_answer(question: str) -> list[list[str]]:
    """The answer kept beside the analysis, without its header."""
    with (ROOT / "dbt" / "analyses" / "answers" / f"{question}.csv").open() as file:
        return list(csv.reader(file))[1:]


def same(left: Answer | list[list[str]], right: Answer | list[list[str]]) -> bool:
    """Whether two answers say the same in the digits that are kept.

    Sums differ in their last bits with the order of their terms, so a figure on the edge between two printed ones may
    fall on either side: compared are figures, not their print.
    """
    return len(left) == len(right) and all(
        len(row) == len(other) and all(map(_same_cell, row, other)) for row, other in zip(left, right, strict=True)
    )


def _same_cell(left: Any, right: Any) -> bool:
    if isinstance(left, float) or isinstance(right, float):
        return left not in (None, "") and right not in (None, "") and isclose(float(left), float(right), rel_tol=DIGITS)
    return as_text(left) == as_text(right)


def as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell)
