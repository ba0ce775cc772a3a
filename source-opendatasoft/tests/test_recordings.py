"""Recorded files, served as the portal serves them, come through the connector without loss.

Counts and sums are computed from the files, not by the connector.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any

import pytest
from connector_kit.streams import Field
from portal_double import Row
from portal_reads import (
    PARIS_PORTAL,
    REGIONAL_LABELS,
    SCHOOL_LABELS,
    api_row,
    held,
    poll,
    recorded,
    site,
    table_of,
    text_of,
    whole_rows,
)

NOTHING = {None, "", "ND", "-"}


@dataclass(frozen=True)
class Extract:
    """A recorded file: the stream that it belongs to, when it was taken, its key, and how to get at its rows."""

    stream: str
    file: str
    now: str
    start_date: str
    key: tuple[str, ...]
    rows: Callable[[str], Sequence[Row]]
    domain: str = "odre.opendatasoft.com"

    def __str__(self) -> str:
        return self.file.rpartition("/")[2]


def labelled(file: str) -> list[Row]:
    return [api_row(cells) for cells in table_of(file)]


def regional(file: str) -> list[Row]:
    # carbonfr saw these as texts in the consolidated set.
    texts = ("eolien", "eolien_terrestre", "eolien_offshore", "tco_eolien", "tch_eolien")
    return [api_row(cells, REGIONAL_LABELS, texts) for cells in table_of(file)]


def schools(file: str) -> list[Row]:
    return [api_row(cells, SCHOOL_LABELS) for cells in table_of(file)]


def as_is(file: str) -> list[Row]:
    rows: list[Row] = json.loads(text_of(file))
    return rows


def of_v1(file: str) -> list[Row]:
    """Fields of the old API; the new one writes points with names."""
    found = [record["fields"] for record in json.loads(text_of(file))]
    return [
        {**fields, "geo_point_2d": dict(zip(("lat", "lon"), fields["geo_point_2d"], strict=True))} for fields in found
    ]


def metropoles(file: str) -> list[Row]:
    """Records from a file that was nested by metropolis, day and time."""
    found: list[Row] = []
    for name, place in json.loads(text_of(file)).items():
        for day, times in place["datas"].items():
            for heures, values in times.items():
                at = datetime.fromisoformat(f"{day}T{heures}:00+01:00").astimezone(UTC).isoformat()
                label = {"date": day, "heures": heures, "date_heure": at, "nature": "Données temps réel"}
                epci = {"code_insee_epci": place["code_insee_epci"], "libelle_metropole": name}
                found.append({**epci, **label, **values})
    return found


NATIONAL = ("perimetre", "date", "heure", "nature")
REGION = ("code_insee_region", "date", "heure", "nature")
EXTRACTS = (
    Extract(
        "eco2mix_national_tr",
        "odre/national-tr_export-labels_2021-12.csv",
        "2021-12-31T23:00:00Z",
        "2021-12-01",
        NATIONAL,
        labelled,
    ),
    Extract(
        "eco2mix_national_tr",
        "odre/national-tr_records_2025-08-22.json",
        "2025-08-22T22:30:00Z",
        "2025-08-01",
        NATIONAL,
        as_is,
    ),
    Extract(
        "eco2mix_regional_cons_def",
        "odre/regional-cons-def_export-labels_hauts-de-france_2024.csv.gz",
        "2025-03-01T00:00:00Z",
        "2013-01-01",
        REGION,
        regional,
    ),
    Extract(
        "eco2mix_metropoles_tr",
        "odre/eco2mix-metropoles_reshaped_2025-01-01.json",
        "2025-01-02T01:00:00Z",
        "2025-01-01",
        ("code_insee_epci", "date", "heures", "nature"),
        metropoles,
    ),
    Extract(
        "stock_quotidien_stockages_gaz",
        "odre/stock-quotidien-stockages-gaz_2010-11-01_2023-09-30.csv.gz",
        "2023-10-05T00:00:00Z",
        "2010-01-01",
        ("date", "source", "pits"),
        labelled,
    ),
    Extract(
        "temperature_quotidienne_regionale",
        "odre/temperature-quotidienne-regionale_labels_2016-01-01_2026-02-27.csv.gz",
        "2026-03-01T00:00:00Z",
        "2016-01-01",
        ("date", "code_insee_region"),
        labelled,
    ),
    Extract(
        "prod_region_annuelle_filiere",
        "odre/prod-region-annuelle-filiere_labels.csv.gz",
        "2024-10-01T00:00:00Z",
        "2024-01-01",
        ("annee", "code_insee_region"),
        labelled,
    ),
    Extract(
        "conso_departement_annuelle",
        "odre/legacy-v1-export_conso-departement-annuelle.json",
        "2022-10-01T00:00:00Z",
        "2022-01-01",
        ("annee", "code_departement"),
        of_v1,
    ),
    Extract(
        "etablissements_scolaires_colleges",
        "paris/etablissements-scolaires-colleges_export-labels_2021-05-05.csv",
        "2021-05-05T12:00:00Z",
        "2021-01-01",
        ("libelle", "arr_insee", "annee_scol"),
        schools,
        PARIS_PORTAL,
    ),
)


def number(value: Any) -> float | None:
    """What a measure's cell says, without the connector's help."""
    return None if value in NOTHING else float(value)


@cache
def instant(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def columns_of(name: str, fields: Mapping[str, Field]) -> list[tuple[str, Callable[[Any], Any]]]:
    """The columns that a field becomes, and what they should hold, told without the connector's casts."""
    if name.startswith("geo_point"):
        return [(f"{name}_{part}", itemgetter(part)) for part in ("lon", "lat")]
    if name not in fields:
        return []
    if name.startswith("geo"):
        return [(name, lambda value: value and json.dumps(value, separators=(",", ":"), ensure_ascii=False))]
    kinds = {"number": number, "instant": instant, "integer": int}
    return [(name, kinds.get(fields[name].type, lambda value: value))]


@pytest.mark.parametrize("extract", EXTRACTS, ids=str)
def test_a_recorded_extract_comes_through_leaf_by_leaf_and_its_sums_stay_the_same(extract: Extract) -> None:
    rows = extract.rows(extract.file)
    with site(**{extract.stream: list(rows)}) as portal:
        reading = portal.sync(extract.stream, extract.now, domain=extract.domain, start_date=extract.start_date)
        fields = {field.name: field for field in reading.descriptions[extract.stream].fields}
    assert reading.failure is None
    records = reading.records(extract.stream)
    assert len(records) == len(rows) == len(reading.table(extract.stream))
    found = {tuple(str(record[part]) for part in extract.key): record for record in records}
    leaves = [(name, column, told) for name in rows[0] for column, told in columns_of(name, fields)]
    assert set(rows[0]) - {name for name, _, _ in leaves} <= {"column_30"}
    for row in rows:
        record = found[tuple(str(row[part]) for part in extract.key)]
        assert [record[column] for _, column, _ in leaves] == [told(row[name]) for name, _, told in leaves]
    for name in (field.name for field in fields.values() if field.type == "number" and not field.source):
        told = [number(row.get(name)) for row in rows]
        read = [record[name] for record in records]
        assert sum(filter(None, read)) == pytest.approx(sum(filter(None, told)), rel=1e-12)
        assert sum(value is None for value in read) == sum(value is None for value in told)


# Publications one after another

NATIONAL_POLLS = (
    "2026-03-28T065435Z",
    "2026-03-29T124653Z",
    "2026-05-22T143040Z",
    "2026-06-02T101538Z",
    "2026-06-18T033026Z",
    "2026-06-18T151544Z",
    "2026-07-17T190041Z",
    "2026-08-07T022644Z",
    "2026-08-07T070748Z",
    "2026-08-22T182227Z",
)
REGIONAL_POLLS = (
    "2026-03-16T164806Z",
    "2026-03-17T130333Z",
    "2026-03-19T065412Z",
    "2026-03-29T020319Z",
    "2026-03-29T065851Z",
    "2026-03-30T020543Z",
    "2026-08-22T182227Z",
)


def at(poll_time: str) -> str:
    return datetime.strptime(poll_time, "%Y-%m-%dT%H%M%S%z").isoformat()


@pytest.mark.parametrize(
    ("stream", "file", "polls", "key"),
    [
        ("eco2mix_national_tr", "odre/polls/national-tr_{}.json.gz", NATIONAL_POLLS, NATIONAL),
        ("eco2mix_regional_tr", "odre/polls/regional-tr_{}.json.gz", REGIONAL_POLLS, REGION),
    ],
)
def test_polls_one_after_another_leave_the_last_value_of_each_quarter_hour(
    stream: str, file: str, polls: Sequence[str], key: tuple[str, ...]
) -> None:
    expected: dict[tuple[Any, ...], Row] = {}
    with site(**{stream: [{"date_heure": "2026-03-01T00:00:00Z"}]}) as portal:
        syncs = []
        for time in polls:
            rows = poll(file.format(time))
            expected.update({tuple(row[part] for part in key): row for row in rows})
            portal.portal.held[stream.replace("_", "-")] = held(rows or [{"date_heure": None}], processed=time)
            if not rows:
                portal.portal.held[stream.replace("_", "-")].rows = []
            portal.portal.held[stream.replace("_", "-")].types.update(dict.fromkeys((*key, "date_heure"), "text"))
            portal.portal.held[stream.replace("_", "-")].types["date_heure"] = "datetime"
            syncs.append(portal.sync(stream, at(time), start_date="2026-03-14"))
    assert [sync.failure for sync in syncs] == [None] * len(polls)
    table = syncs[0].table(stream, *syncs[1:])
    assert set(table) == set(expected)
    for identity, row in expected.items():
        for name in ("consommation", "nucleaire", "eolien", "solaire", "pompage"):
            assert table[identity][name] == number(row[name]), (identity, name)


def changes(file: str) -> dict[str, list[dict[str, str]]]:
    """By poll, the rows that it had for the first time or with other values."""
    found: dict[str, list[dict[str, str]]] = {}
    for cells in table_of(file, ","):
        found.setdefault(cells.pop("fetched_at"), []).append(cells)
    return found


def test_days_of_observed_polls_leave_the_last_observed_values() -> None:
    """A week around the clock change: revisions of the night before, the phantom hour, forecasts that pass."""
    stream, file = "eco2mix_national_tr", "odre/national-tr_observed_2026-03-16_2026-08-22.csv.gz"
    observed: dict[tuple[str, str], Row] = {}
    polls = [time for time in changes(file) if "2026-03-24" <= time < "2026-03-31"]
    by_poll = changes(file)
    with site(**{stream: []}) as portal:
        syncs = []
        for time, cells in by_poll.items():
            if time >= "2026-03-31":
                break
            for row in cells:
                values = {
                    name: (cell if name == "date_heure" else int(cell)) if cell else None for name, cell in row.items()
                }
                observed[row["date_heure"], row["occurrence"]] = {
                    name: value for name, value in values.items() if name != "occurrence"
                }
            if time not in polls:
                continue
            rows = whole_rows(list(observed.values()))
            portal.portal.held[stream.replace("_", "-")] = held(rows, processed=time)
            syncs.append(portal.sync(stream, time, start_date="2026-03-09"))
    assert len(syncs) > 20
    table = syncs[0].table(stream, *syncs[1:])
    expected = {tuple(row[part] for part in NATIONAL): row for row in rows}
    assert set(table) >= set(expected)
    for identity, row in expected.items():
        assert {name: table[identity][name] for name in ("consommation", "solaire", "taux_co2")} == {
            name: row[name] for name in ("consommation", "solaire", "taux_co2")
        }, identity
    twins = Counter(record["date_heure"] for record in table.values())
    assert sorted(twin for twin, count in twins.items() if count > 1) == [
        f"2026-03-29T01:{minute:02}:00Z" for minute in (0, 15, 30, 45)
    ]


def test_snapshots_of_temperatures_are_publications_of_one_data_set() -> None:
    stream = "temperature_quotidienne_regionale"
    snapshots: Mapping[str, str] = {
        "2019-11-05T00:00:00Z": "odre/temperature-quotidienne-regionale_labels_2016-01-01_2019-10-30.csv",
        "2023-10-05T00:00:00Z": "odre/temperature-quotidienne-regionale_2016-01-01_2023-09-30.csv.gz",
        "2026-03-05T00:00:00Z": "odre/temperature-quotidienne-regionale_labels_2016-01-01_2026-02-27.csv.gz",
    }
    expected: dict[tuple[str, str], Row] = {}
    with site(**{stream: []}) as portal:
        syncs = []
        for now, file in snapshots.items():
            rows = [row for row in labelled(file) if row["date"] >= "2019-01-01"]
            expected.update({(row["date"], row["code_insee_region"]): row for row in rows})
            portal.portal.held["temperature-quotidienne-regionale"] = held(rows, processed=now)
            syncs.append(portal.sync(stream, now, start_date="2016-01-01"))
            # Old values were rewritten between the first two: each publication is read whole.
            assert len(syncs[-1].records(stream)) == len(rows)
    table = syncs[0].table(stream, *syncs[1:])
    assert {key: [record[name] for name in ("region", "tmin", "tmax", "tmoy")] for key, record in table.items()} == {
        key: [row[name] for name in ("region", "tmin", "tmax", "tmoy")] for key, row in expected.items()
    }


def test_consolidated_batches_are_read_whole_when_one_lands() -> None:
    """Four noon samples: the newest day moves by months, and what is known does not change."""
    stream = "eco2mix_national_cons_def"
    times = ("2026-03-16T164806Z", "2026-07-01T194744Z", "2026-08-12T185629Z", "2026-08-22T005756Z")
    with site(**{stream: []}) as portal:
        syncs, newest = [], []
        for time in times:
            rows = [
                {**row, "nature": "Données consolidées"}
                for row in poll(f"odre/polls/national-cons-def_noon-samples_{time}.json.gz")
            ]
            # The last batch is the one before, processed no more.
            portal.portal.held["eco2mix-national-cons-def"] = held(rows, processed=max(row["date"] for row in rows))
            syncs.append(portal.sync(stream, at(time), start_date="2012-01-01"))
            newest.append(max(row["date_heure"] for row in rows))
    assert [instant(text) for text in newest] == [sync.states_of(stream)[-1]["date_heure"] for sync in syncs]
    assert len(syncs[1].records(stream)) == len(poll(f"odre/polls/national-cons-def_noon-samples_{times[1]}.json.gz"))


def test_every_recorded_file_of_the_portals_is_there() -> None:
    for extract in EXTRACTS:
        assert recorded(extract.file).stat().st_size > 1_000
