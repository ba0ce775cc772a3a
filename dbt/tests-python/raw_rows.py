"""Raw rows as the connectors leave them, made by hand rules: two clock-change days and the day after the second.

Each stream is a list of plain dicts, keys as in the raw table, instants as aware UTC datetimes. The figures follow
simple formulas of the time, so that every row is different and a row in the wrong place shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
AUTUMN, SPRING, DAY_AFTER = date(2025, 10, 26), date(2026, 3, 29), date(2026, 3, 30)
FIRST_READ = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
ISSUED = datetime(2026, 3, 29, 12, tzinfo=UTC)  # of forecasts: what came true of the day after is read later
FRANCE = "10YFR-RTE------C"
UTC_LABEL = "%Y-%m-%dT%H:%M:%SZ"
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)

Row = dict[str, Any]
Raw = dict[str, list[Row]]

POINTS = {  # point: (region, share of the region)
    "paris": ("11", 0.7),
    "evry": ("11", 0.3),
    "lille": ("32", 1.0),
    "ajaccio": ("94", 1.0),
}
GENERATION_MW = {
    "NUCLEAR": 30000.0,
    "HYDRO_RUN_OF_RIVER_AND_POUNDAGE": 4000.0,
    "HYDRO_WATER_RESERVOIR": 2000.0,
    "HYDRO_PUMPED_STORAGE": -1500.0,
    "WIND_ONSHORE": 5000.0,
    "WIND_OFFSHORE": 700.0,
    "SOLAR": 3000.0,
    "BIOMASS": 300.0,
    "WASTE": 250.0,
    "FOSSIL_GAS": 1200.0,
    "FOSSIL_OIL": 40.0,
    "FOSSIL_HARD_COAL": 10.0,
}
OUTWARD_MW = {
    "10YBE----------2": 800.0,
    "10Y1001C--00098F": 900.0,
    "17Y0000009369493": 500.0,
    "10YCB-GERMANY--8": 60.0,
    "10YCH-SWISSGRIDZ": 80.0,
    "10YIT-GRTN-----B": 120.0,
    "10YES-REE------0": 40.0,
}


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def steps(day: date, step: timedelta) -> Iterator[datetime]:
    """The starts of the real intervals of a Paris day, in UTC."""
    at, end = midnight(day), midnight(day + timedelta(days=1))
    while at < end:
        yield at
        at += step


def label(instant: datetime) -> str:
    return instant.astimezone(PARIS).isoformat()


def period(start: datetime, step: timedelta, updated: datetime | None) -> Row:
    return {
        "start_date": start,
        "end_date": start + step,
        "start_date_local": label(start),
        "end_date_local": label(start + step),
        "updated_date": updated,
    }


def consumption_labels(day: date, step: timedelta) -> Iterator[tuple[str, str]]:
    """RTE's labels of a day of consumption: every clock time once, whatever the clocks did.

    In March the hour that doesn't exist is written with the winter offset, in October the repeated one comes once,
    with the summer offset, and its last label ends at 03:00+01:00.
    """
    clock = datetime.combine(day, time())
    for number in range(timedelta(days=1) // step):
        start = clock + number * step
        yield written(start), written(start + step)


def written(clock: datetime) -> str:
    return clock.replace(tzinfo=PARIS).isoformat()


def signal(start: datetime) -> float:
    """A different figure for every quarter of an hour."""
    return (start.timestamp() // 900) % 997


def consumption(day: date) -> Iterator[Row]:
    for kind, step in (("REALISED", QUARTER), ("ID", QUARTER), ("D-1", QUARTER), ("D-2", 2 * QUARTER)):
        for start_label, end_label in consumption_labels(day, step):
            start = datetime.fromisoformat(start_label).astimezone(UTC)
            end = datetime.fromisoformat(end_label).astimezone(UTC)
            in_utc = kind == "ID" and day == DAY_AFTER  # one series is written in UTC: real all the same
            yield {
                "type": kind,
                "start_date": start,
                "end_date": end,
                "start_date_local": start.strftime(UTC_LABEL) if in_utc else start_label,
                "end_date_local": end.strftime(UTC_LABEL) if in_utc else end_label,
                "updated_date": midnight(day) + timedelta(hours=23),
                # the phantom labels of March carry another value than the real quarters at their instants
                "value": 42000 + signal(start) + 10 * len(kind) + (7 if label(start) != start_label else 0),
            }


def generation(day: date) -> Iterator[Row]:
    for start in steps(day, HOUR):
        values = {kind: mean + signal(start) / 100 for kind, mean in GENERATION_MW.items()}
        for kind, value in values.items():
            yield {"production_type": kind, **period(start, HOUR, start + HOUR), "value": value}
        yield {"production_type": "TOTAL", **period(start, HOUR, None), "value": sum(values.values())}


def forecasts(day: date) -> Iterator[Row]:
    for sector, kind, sub_type, step in (
        ("SOLAR", "CURRENT", "", QUARTER),
        ("SOLAR", "D-1", "", QUARTER),
        ("WIND_ONSHORE", "ID", "", QUARTER),
        ("AGGREGATED_CPC", "D-2", "DA01", 2 * QUARTER),
        ("NEW_SECTOR", "D-3", "", HOUR),
    ):
        for start in steps(day, step):
            yield {
                "production_type": sector,
                "type": kind,
                "sub_type": sub_type,
                **period(start, step, midnight(day) - HOUR),
                "value": 2000 + signal(start),
                "load_factor": 20.0 if sector.startswith("WIND") else None,
            }


def flow(sender: str, receiver: str, start: datetime, value: float | None) -> Row:
    return {
        "sender_country_eic_code": sender,
        "sender_country_name": "France" if sender == FRANCE else "Elsewhere",
        "receiver_country_eic_code": receiver,
        "receiver_country_name": "France" if receiver == FRANCE else "Elsewhere",
        **period(start, HOUR, start + HOUR),
        "value": value,
    }


def flows(day: date) -> Iterator[Row]:
    for number, start in enumerate(steps(day, HOUR)):
        for other, out in OUTWARD_MW.items():
            yield flow(FRANCE, other, start, out + signal(start) / 4)
            if number != 5 or other != "10YBE----------2":  # one hour of Belgium has no import
                yield flow(other, FRANCE, start, 100.0)


def prices(day: date, step: timedelta) -> Iterator[Row]:
    for start in steps(day, step):
        yield {**period(start, step, midnight(day) - 11 * HOUR), "value": 9000.0, "price": signal(start) / 10 - 20}


def weather(day: date, shift: float, hours: range = range(25)) -> Iterator[Row]:
    for number, at in enumerate(steps(day, HOUR)):
        if number not in hours:
            continue
        for point, (region, weight) in POINTS.items():
            base = len(point) + shift + signal(at) / 100
            yield {
                "point_id": point,
                "region_code": region,
                "region_weight": weight,
                "time": at,
                "temperature_2m": None if point == "evry" and number == 3 else base,
                "wind_speed_10m": base / 2,
                "wind_speed_100m": base,
                "shortwave_radiation": 10 * base,
                "cloud_cover": 50.0,
                "precipitation": base / 10,
                "snowfall": 0.0,
                "fetched_at": FIRST_READ,
            }


def read(rows: Iterator[Row], at: datetime, batch: str) -> list[Row]:
    """Stamp the records as the sync does."""
    return [
        {"_airbyte_raw_id": f"{batch}-{number}", "_airbyte_extracted_at": at, **row} for number, row in enumerate(rows)
    ]


def is_late_nuclear_hour(row: Row) -> bool:
    return bool(row["production_type"] == "NUCLEAR" and row["start_date"] == midnight(AUTUMN) + 4 * HOUR)


def first_sync() -> Raw:
    both = (AUTUMN, SPRING)
    raw: Raw = {
        "raw_rte.consumption_short_term": read((r for d in both for r in consumption(d)), FIRST_READ, "c"),
        "raw_rte.actual_generations_per_production_type": read(
            (r for d in both for r in generation(d) if not is_late_nuclear_hour(r)), FIRST_READ, "g"
        ),
        "raw_rte.generation_forecasts": read((r for d in both for r in forecasts(d)), FIRST_READ, "f"),
        "raw_rte.physical_flows": read((r for d in both for r in flows(d)), FIRST_READ, "p"),
        "raw_rte.france_power_exchanges": read(
            (r for d, step in ((AUTUMN, HOUR), (SPRING, QUARTER)) for r in prices(d, step)), FIRST_READ, "x"
        ),
        "raw_weather.archive_hourly": read(
            (r for d, hours in ((AUTUMN, range(25)), (SPRING, range(12))) for r in weather(d, 0, hours)),
            FIRST_READ,
            "a",
        ),
        "raw_weather.forecast_hourly": read(weather(SPRING, 5), FIRST_READ, "w"),
    }
    # duplicates on the key, as a plain append would leave them: read earlier, with other values
    stale = [
        {
            **row,
            "_airbyte_raw_id": "z" + row["_airbyte_raw_id"],
            "_airbyte_extracted_at": FIRST_READ - HOUR,
            "value": 1.0,
        }
        for row in raw["raw_rte.consumption_short_term"][:40]
    ]
    raw["raw_rte.consumption_short_term"] += stale
    return raw


def second_sync() -> Raw:
    """What arrives later: a day, a revision, an archive hour, and a row that was read *before* the first build."""
    later = FIRST_READ + 5 * HOUR
    revised = [r for r in consumption(AUTUMN) if r["type"] == "REALISED"][:1]
    revised[0]["value"] = 12345.0
    return {
        "raw_rte.consumption_short_term": read(consumption(DAY_AFTER), later, "c2") + read(iter(revised), later, "c3"),
        "raw_rte.actual_generations_per_production_type": read(
            (r for r in generation(AUTUMN) if is_late_nuclear_hour(r)), FIRST_READ - 2 * HOUR, "g2"
        ),
        "raw_weather.archive_hourly": read(weather(SPRING, 0, range(12, 13)), later, "a2"),
    }
