"""Energy-Charts' recorded answers: prices of DE-LU, one day of nine countries, Germany's week as it was revised."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from real_warehouse import RealWarehouse
from recorded import REAL

FOLDER = REAL / "energy-charts"
PRICES = FOLDER / "price_de-lu_2018-2026_concatenated.json.gz"
# From 2025-10-01, Paris midnight, prices are those of quarter-hours.
QUARTERS_SINCE = datetime(2025, 9, 30, 22, tzinfo=UTC)
HOURLY_COUNTRIES = ("it", "ch", "se")
COUNTRIES = ("fr", "at", "pl", "nl", "it", "ch", "cz", "se")
# Germany's last seven days, asked for again and again within an hour: values were added and changed in between.
GERMAN_POLLS = ("1042", "1120", "1155")


def poll_of(time: str, country: str = "de", span: str = "7d") -> Path:
    ending = ".json.gz" if span == "7d" else ".json"
    return FOLDER / f"public_power_{country}_{span}_fetched-2026-03-20T{time}Z{ending}"


def read_at(time: str) -> datetime:
    return datetime.strptime(f"2026-03-20T{time}", "%Y-%m-%dT%H%M").replace(tzinfo=UTC)


def load_prices(warehouse: RealWarehouse) -> None:
    warehouse.upsert(
        "raw_energy_charts.day_ahead_prices",
        ["bidding_zone", "start_date"],
        f"""with points as (
            select unnest(unix_seconds) as seconds, unnest(price) as price
            from read_json('{PRICES}', columns={{
                unix_seconds: 'BIGINT[]', price: 'DOUBLE[]'
            }}, maximum_object_size=50000000)
        )
        select
            'DE-LU' as bidding_zone,
            to_timestamp(seconds) as start_date,
            case when seconds < {int(QUARTERS_SINCE.timestamp())} then 60 else 15 end as resolution_minutes,
            price,
            'CC BY 4.0' as license_info
        from points where price is not null""",
        datetime(2026, 3, 20, 15, tzinfo=UTC),
    )


def load_power(warehouse: RealWarehouse, file: Path, country: str, time: str) -> None:
    warehouse.upsert(
        "raw_energy_charts.public_power",
        ["country", "production_type", "start_date"],
        f"""with answer as (
            select unix_seconds, unnest(production_types) as series from read_json('{file}', columns={{
                unix_seconds: 'BIGINT[]', production_types: 'STRUCT(name VARCHAR, data DOUBLE[])[]'
            }}, maximum_object_size=50000000)
        ),
        points as (
            select series.name as name, unnest(unix_seconds) as seconds, unnest(series.data) as value from answer
        )
        select
            '{country}' as country,
            name as production_type,
            to_timestamp(seconds) as start_date,
            case
                when name = 'Load' then 'load'
                when name = 'Residual load' then 'residual_load'
                when name = 'Cross border electricity trading' then 'trade'
                when name like '%share of%' then 'share'
                when name ilike '% consumption' then 'consumption'
                else 'generation'
            end as series_class,
            {60 if country in HOURLY_COUNTRIES else 15} as resolution_minutes,
            value,
            case when name like '%share of%' then '%' else 'MW' end as unit
        from points where value is not null""",
        read_at(time),
    )


def load(warehouse: RealWarehouse) -> None:
    load_prices(warehouse)
    for time in GERMAN_POLLS:
        load_power(warehouse, poll_of(time), "de", time)
    for country in COUNTRIES:
        load_power(warehouse, poll_of("1058", country, "24h"), country, "1058")
