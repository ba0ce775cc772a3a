"""The marts worked out in plain Python from the same raw rows, by other means than the models' SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from typing import Any

from raw_rows import FRANCE, HOUR, PARIS, Raw, Row, midnight

LOAD_KINDS = {
    "REALISED": ("realised", 15),
    "ID": ("intraday_forecast", 15),
    "D-1": ("day_ahead_forecast", 15),
    "D-2": ("two_days_ahead_forecast", 30),
}
GROUPS = {
    "nuclear_gwh": ("NUCLEAR",),
    "hydro_gwh": ("HYDRO_RUN_OF_RIVER_AND_POUNDAGE", "HYDRO_WATER_RESERVOIR", "HYDRO_PUMPED_STORAGE"),
    "wind_gwh": ("WIND_ONSHORE", "WIND_OFFSHORE"),
    "solar_gwh": ("SOLAR",),
    "fossil_gwh": ("FOSSIL_GAS", "FOSSIL_OIL", "FOSSIL_HARD_COAL"),
    "bioenergy_gwh": ("BIOMASS", "WASTE"),
}
BORDERS = {
    "10YBE----------2": "BE",
    "10Y1001C--00098F": "GB",
    "17Y0000009369493": "GB",
    "10YCB-GERMANY--8": "DE",
    "10YCH-SWISSGRIDZ": "CH",
    "10YIT-GRTN-----B": "IT",
    "10YES-REE------0": "ES",
}
BORDERS_OF_FRANCE = ("GB", "BE", "DE", "CH", "IT", "ES")
PEOPLE = {"11": 12317279, "32": 5995292}  # the mainland regions that have a point in the raw rows
LAND = {"11": 12068, "32": 31948}
INSTANTS = {
    "temperature_celsius": "temperature_2m",
    "wind_speed_10m_m_per_s": "wind_speed_10m",
    "wind_speed_100m_m_per_s": "wind_speed_100m",
    "cloud_cover_pct": "cloud_cover",
}
HOURS = {
    "irradiance_w_per_m2": "shortwave_radiation",
    "precipitation_mm": "precipitation",
    "snowfall_cm": "snowfall",
}

Table = dict[tuple[Any, ...], dict[str, Any]]


def merged(first: Raw, second: Raw) -> Raw:
    """All rows of both syncs, one per natural key: the one read last. (Rows of a sync that lack the key of another
    row are kept whatever the time they were read.)"""
    keys = {
        "raw_rte.consumption_short_term": ("type", "start_date", "start_date_local"),
        "raw_rte.actual_generations_per_production_type": ("production_type", "start_date"),
        "raw_rte.generation_forecasts": ("production_type", "type", "sub_type", "start_date"),
        "raw_rte.physical_flows": ("sender_country_eic_code", "receiver_country_eic_code", "start_date"),
        "raw_rte.france_power_exchanges": ("start_date",),
        "raw_weather.archive_hourly": ("point_id", "time"),
        "raw_weather.forecast_hourly": ("point_id", "time"),
    }
    result: Raw = {}
    for table, key in keys.items():
        rows = sorted(first[table] + second.get(table, []), key=lambda row: row["_airbyte_extracted_at"])
        result[table] = list({tuple(row[k] for k in key): row for row in rows}.values())
    return result


def naive(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)


def period(start: datetime, length: timedelta) -> dict[str, Any]:
    paris = start.astimezone(PARIS)
    return {
        "period_start_at": naive(start),
        "period_end_at": naive(start + length),
        "period_start_paris": paris.replace(tzinfo=None),
        "date_paris": paris.date(),
    }


def mean(pairs: Iterable[tuple[float, float | None]]) -> float | None:
    """Weighted mean over the values that are there."""
    known = [(weight, value) for weight, value in pairs if value is not None]
    return sum(w * v for w, v in known) / sum(w for w, _ in known) if known else None


def is_skipped(label: str) -> bool:
    """Whether the label writes, with an offset of Paris, an hour that the clocks of Paris left out."""
    clock = datetime.fromisoformat(label).replace(tzinfo=PARIS)
    shown = clock.astimezone(UTC).astimezone(PARIS)
    return not label.endswith("Z") and shown.replace(tzinfo=None) != clock.replace(tzinfo=None)


def load(raw: Raw) -> Table:
    table: Table = {}
    for row in raw["raw_rte.consumption_short_term"]:
        start = row["start_date"]
        if is_skipped(row["start_date_local"]):
            continue
        kind, minutes = LOAD_KINDS[row["type"]]
        table[kind, naive(start)] = {
            **period(start, timedelta(minutes=minutes)),
            "load_mw": row["value"],
            "source_updated_at": naive(row["updated_date"]),
        }
    return table


def generation(raw: Raw) -> Table:
    return {
        (row["production_type"], naive(row["start_date"])): {
            **period(row["start_date"], HOUR),
            "generation_mw": row["value"],
            "source_updated_at": naive(row["updated_date"]),
        }
        for row in raw["raw_rte.actual_generations_per_production_type"]
        if row["production_type"] != "TOTAL"
    }


def flow(raw: Raw) -> Table:
    sums: dict[tuple[str, datetime], dict[str, float]] = defaultdict(dict)
    for row in raw["raw_rte.physical_flows"]:
        is_export = row["sender_country_eic_code"] == FRANCE
        border = BORDERS[row["receiver_country_eic_code" if is_export else "sender_country_eic_code"]]
        cell = sums[border, row["start_date"]]
        column = "export_mw" if is_export else "import_mw"
        cell[column] = cell.get(column, 0.0) + row["value"]
    return {
        (border, naive(start)): {
            **period(start, HOUR),
            "export_mw": cell.get("export_mw"),
            "import_mw": cell.get("import_mw"),
            "net_export_mw": cell["export_mw"] - cell["import_mw"] if len(cell) == 2 else None,
        }
        for (border, start), cell in sums.items()
    }


def price(raw: Raw) -> Table:
    return {
        (naive(row["start_date"]),): {
            **period(row["start_date"], row["end_date"] - row["start_date"]),
            "price_eur_per_mwh": row["price"],
            "volume_mw": row["value"],
            "resolution_minutes": (row["end_date"] - row["start_date"]) // timedelta(minutes=1),
        }
        for row in raw["raw_rte.france_power_exchanges"]
    }


def weather(raw: Raw) -> Table:
    stamps: dict[tuple[str, datetime], Row] = {}
    for stream in ("forecast_hourly", "archive_hourly"):  # the archive overwrites
        for row in raw[f"raw_weather.{stream}"]:
            stamps[row["point_id"], row["time"]] = {**row, "is_forecast": stream == "forecast_hourly"}
    table: Table = {}
    for region, start in {(row["region_code"], row["time"]) for row in stamps.values()}:
        here = [r for r in stamps.values() if r["region_code"] == region]
        opening = [r for r in here if r["time"] == start]
        closing = [r for r in here if r["time"] == start + HOUR]
        table[region, naive(start)] = {
            **period(start, HOUR),
            **{new: mean((r["region_weight"], r[old]) for r in opening) for new, old in INSTANTS.items()},
            **{new: mean((r["region_weight"], r[old]) for r in closing) for new, old in HOURS.items()},
            "is_forecast": any(r["is_forecast"] for r in opening + closing),
        }
    return table


def hourly(raw: Raw, days: Iterable[date]) -> Table:
    loads, flows, prices, weathers = load(raw), flow(raw), price(raw), weather(raw)
    table: Table = {}
    for day in days:
        at, end = midnight(day), midnight(day + timedelta(days=1))
        while at < end:
            start = naive(at)
            assert start is not None
            quarters = [start + n * timedelta(minutes=15) for n in range(4)]
            nets = [flows[b, start]["net_export_mw"] if (b, start) in flows else None for b in BORDERS_OF_FRANCE]
            regions = {r: weathers[r, start] for r in PEOPLE if (r, start) in weathers}
            table[(start,)] = {
                **period(at, HOUR),
                "load_mw": average(loads, "realised", quarters),
                "load_day_ahead_mw": average(loads, "day_ahead_forecast", quarters),
                "temperature_celsius": mean((PEOPLE[r], w["temperature_celsius"]) for r, w in regions.items()),
                "wind_speed_100m_m_per_s": mean((LAND[r], w["wind_speed_100m_m_per_s"]) for r, w in regions.items()),
                "irradiance_w_per_m2": mean((LAND[r], w["irradiance_w_per_m2"]) for r, w in regions.items()),
                "price_eur_per_mwh": price_of_hour([prices[(q,)] for q in quarters if (q,) in prices]),
                "net_export_mw": None if None in nets else sum(nets),
            }
            at += HOUR
    return table


def average(loads: Table, kind: str, quarters: list[datetime]) -> float | None:
    known = [loads[kind, q]["load_mw"] for q in quarters if (kind, q) in loads]
    return fmean(known) if len(known) == len(quarters) and None not in known else None


def price_of_hour(prices: list[dict[str, Any]]) -> float | None:
    known = [row for row in prices if row["price_eur_per_mwh"] is not None]
    if sum(row["resolution_minutes"] for row in known) < 60:
        return None
    return mean((row["resolution_minutes"], row["price_eur_per_mwh"]) for row in known)


def daily(raw: Raw, days: Iterable[date]) -> Table:
    days = list(days)
    loads, prices, hours = load(raw), price(raw), hourly(raw, days)
    table: Table = {}
    for day in days:
        start, end = midnight(day), midnight(day + timedelta(days=1))
        load_of_day = [r["load_mw"] for (k, _), r in loads.items() if k == "realised" and r["date_paris"] == day]
        price_of_day = [r for r in prices.values() if r["date_paris"] == day]
        hours_of_day = [r for r in hours.values() if r["date_paris"] == day]
        nets = [r["net_export_mw"] for r in hours_of_day if r["net_export_mw"] is not None]
        temperatures = [r["temperature_celsius"] for r in hours_of_day if r["temperature_celsius"] is not None]
        sold = [r["price_eur_per_mwh"] for r in price_of_day]
        table[(day,)] = {
            "period_start_at": naive(start),
            "period_end_at": naive(end),
            "load_gwh": sum(load_of_day) / 4 / 1000,
            "load_mean_mw": fmean(load_of_day),
            "load_min_mw": min(load_of_day),
            "load_max_mw": max(load_of_day),
            "load_completeness": len(load_of_day) / ((end - start) // timedelta(minutes=15)),
            **{column: energy(raw, day, kinds) for column, kinds in GROUPS.items()},
            "hydro_generation_gwh": energy(raw, day, GROUPS["hydro_gwh"], lambda row: not is_pumping(row)),
            "pumping_gwh": energy(raw, day, ("HYDRO_PUMPED_STORAGE",), is_pumping),
            "generation_completeness": len(whole_hours(raw, day)) / len(hours_of_day),
            "net_export_completeness": len(nets) / len(hours_of_day),
            "price_completeness": sum(r["resolution_minutes"] for r in price_of_day) / 60 / len(hours_of_day),
            "temperature_completeness": len(temperatures) / len(hours_of_day),
            "net_export_gwh": sum(nets) / 1000 if nets else None,
            "price_mean_eur_per_mwh": mean((r["resolution_minutes"], r["price_eur_per_mwh"]) for r in price_of_day),
            "price_min_eur_per_mwh": min(sold, default=None),
            "price_max_eur_per_mwh": max(sold, default=None),
            "negative_price_hours": sum(
                r["resolution_minutes"] / 60 for r in price_of_day if r["price_eur_per_mwh"] < 0
            )
            if price_of_day
            else None,
            "temperature_mean_celsius": fmean(temperatures) if temperatures else None,
            "temperature_min_celsius": min(temperatures, default=None),
            "temperature_max_celsius": max(temperatures, default=None),
        }
    return table


def whole_hours(raw: Raw, day: date) -> list[datetime]:
    """The hours in which every production type of the day has a value."""
    kinds_by_hour: dict[datetime, set[str]] = defaultdict(set)
    for (kind, start), row in generation(raw).items():
        if row["date_paris"] == day and row["generation_mw"] is not None:
            kinds_by_hour[start].add(kind)
    all_kinds = set().union(*kinds_by_hour.values())
    return [start for start, kinds in kinds_by_hour.items() if kinds == all_kinds]


def is_pumping(row: Row) -> bool:
    return row["production_type"] == "HYDRO_PUMPED_STORAGE" and row["value"] < 0


def energy(
    raw: Raw, day: date, kinds: tuple[str, ...], counts: Callable[[Row], bool] = lambda row: True
) -> float | None:
    values = [
        row["value"] if counts(row) else 0
        for row in raw["raw_rte.actual_generations_per_production_type"]
        if row["production_type"] in kinds and row["start_date"].astimezone(PARIS).date() == day
    ]
    return sum(values) / 1000 if values else None
