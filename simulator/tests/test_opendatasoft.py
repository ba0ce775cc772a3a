"""Opendatasoft's Explore API v2.1 over HTTP: parameters, conditions, paging, formats, refusals, quotas, bad days."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.opendatasoft.errors import Refused
from simulator.opendatasoft.odre import ODRE
from simulator.opendatasoft.odsql import Parser, names, span
from simulator.testing import SimulatorUrl

CATALOG = "/odre/api/explore/v2.1/catalog"
NATIONAL, REGIONAL = "eco2mix-national-tr", "eco2mix-regional-tr"
GAS, SCHOOLS = "stock-quotidien-stockages-gaz", "etablissements-scolaires-colleges"
DAY = "date = date'2026-11-20'"


def get(url: SimulatorUrl, path: str, catalog: str = CATALOG, **params: Any) -> requests.Response:
    return requests.get(f"{url}{catalog}{path}", params, timeout=60)


def records(url: SimulatorUrl, dataset: str, **params: Any) -> dict[str, Any]:
    answer = get(url, f"/datasets/{dataset}/records", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def export(url: SimulatorUrl, dataset: str, kind: str = "json", **params: Any) -> requests.Response:
    answer = get(url, f"/datasets/{dataset}/exports/{kind}", **params)
    assert answer.status_code == 200, answer.text
    return answer


def error(url: SimulatorUrl, path: str, status: int = 400, **params: Any) -> tuple[str, str]:
    answer = get(url, path, **params)
    assert answer.status_code == status, answer.text
    return answer.json()["error_code"], answer.json()["message"]


# --- the catalogue


def test_the_catalogue_lists_every_data_set_with_its_fields(shared_url: SimulatorUrl) -> None:
    whole = get(shared_url, "/datasets", limit=100).json()
    assert whole["total_count"] == len(whole["results"]) == 9
    for described in whole["results"]:
        assert get(shared_url, f"/datasets/{described['dataset_id']}").json() == described
        row = records(shared_url, described["dataset_id"], limit=1)
        assert list(row["results"][0]) == [field["name"] for field in described["fields"]]
        assert row["total_count"] == described["metas"]["default"]["records_count"]
        assert all(
            set(field) == {"name", "label", "description", "type", "annotations"} for field in described["fields"]
        )
    assert [one["dataset_id"] for one in get(shared_url, "/datasets", limit=2, offset=1).json()["results"]] == [
        one["dataset_id"] for one in whole["results"][1:3]
    ]


def test_every_answer_says_that_it_is_simulated(shared_url: SimulatorUrl) -> None:
    assert get(shared_url, "/datasets").headers["X-Simulated"] == "true"
    assert "simulé" in get(shared_url, f"/datasets/{NATIONAL}").json()["metas"]["default"]["title"]


@pytest.mark.parametrize(
    ("dataset", "moved", "still"),
    [
        (NATIONAL, 15 * 60, 14 * 60),
        (GAS, 24 * 3600, 12 * 3600),
        ("temperature-quotidienne-regionale", 30 * 86400, 86400),
    ],
)
def test_data_processed_moves_with_each_refresh(url: SimulatorUrl, dataset: str, moved: int, still: int) -> None:
    def processed() -> str:
        return str(get(url, f"/datasets/{dataset}").json()["metas"]["default"]["data_processed"])

    url.move_to("2026-11-21T12:01:00Z")
    before = processed()
    assert datetime.fromisoformat(before) <= datetime(2026, 11, 21, 12, 1, tzinfo=UTC)
    url.advance(still)
    assert processed() == before
    url.advance(moved - still)
    assert processed() > before


def test_data_processed_of_consolidated_data_moves_with_batches_only(url: SimulatorUrl) -> None:
    seen = []
    for now in ("2026-11-20T00:00:00Z", "2027-01-12T13:00:00Z", "2027-01-12T14:00:00Z", "2027-01-21T00:00:00Z"):
        url.move_to(now)
        document = get(url, "/datasets/eco2mix-national-cons-def").json()["metas"]["default"]
        seen.append((document["data_processed"], document["records_count"]))
    (first, few), (same, as_many), (batch, more), (definitive, as_many_again) = seen
    assert (same, as_many) == (first, few)
    assert batch > first
    assert more - few == 96 * 61  # October and November
    assert definitive > batch
    assert as_many_again == more


# --- records


def test_ten_records_unless_said_otherwise(shared_url: SimulatorUrl) -> None:
    assert len(records(shared_url, GAS)["results"]) == 10
    assert len(records(shared_url, GAS, limit=100)["results"]) == 100


def test_paging_in_a_unique_order_gives_each_row_once(shared_url: SimulatorUrl) -> None:
    order = {"where": DAY, "order_by": "code_insee_region, date, heure", "limit": 100}
    pages = [records(shared_url, REGIONAL, offset=offset, **order) for offset in range(0, 1200, 100)]
    rows = [row for page in pages for row in page["results"]]
    assert {page["total_count"] for page in pages} == {len(rows)} == {12 * 96}
    keys = [(row["code_insee_region"], row["date"], row["heure"]) for row in rows]
    assert keys == sorted(set(keys))


def test_paging_in_an_order_with_ties_loses_and_doubles_rows(shared_url: SimulatorUrl) -> None:
    asked = {"where": DAY, "order_by": "date_heure", "limit": 100}
    rows = [
        row
        for offset in range(0, 1200, 100)
        for row in records(shared_url, REGIONAL, offset=offset, **asked)["results"]
    ]
    times = [row["date_heure"] for row in rows]
    assert times == sorted(times)
    often = Counter((row["code_insee_region"], row["heure"]) for row in rows)
    assert len(rows) == 12 * 96
    assert max(often.values()) > 1
    assert len(often) < 12 * 96
    assert records(shared_url, REGIONAL, offset=100, **asked) == records(shared_url, REGIONAL, offset=100, **asked)


def test_orders_and_nulls(shared_url: SimulatorUrl) -> None:
    asked = {"where": "annee = '2025'", "limit": 100, "select": "code_insee_region, production_nucleaire"}
    rows = records(shared_url, "prod-region-annuelle-filiere", order_by="production_nucleaire", **asked)["results"]
    values = [row["production_nucleaire"] for row in rows]
    known = [value for value in values if value is not None]
    assert values == sorted(known) + [None] * (13 - len(known))
    down = records(shared_url, GAS, where="date = '2026-11-01'", order_by="pits desc")["results"]
    assert [row["pits"] for row in down] == sorted((row["pits"] for row in down), reverse=True)


def test_select_renames_and_keeps_its_order(shared_url: SimulatorUrl) -> None:
    row = records(shared_url, GAS, select="pits, stock_fin_de_journee as gwh", limit=1)["results"][0]
    assert list(row) == ["pits", "gwh"]
    assert list(records(shared_url, GAS, select="*", limit=1)["results"][0]) == list(ODRE.datasets[GAS].by_name)


def test_instants_in_the_zone_asked_for(shared_url: SimulatorUrl) -> None:
    asked = {"where": "date = '2026-10-26' and heure = '12:00'", "select": "date, heure, date_heure"}
    for zone, written in (
        ("", "2026-10-26T11:00:00+00:00"),
        ("Europe/Paris", "2026-10-26T12:00:00+01:00"),
        ("Asia/Kolkata", "2026-10-26T16:30:00+05:30"),
        ("America/New_York", "2026-10-26T07:00:00-04:00"),
    ):
        (row,) = records(shared_url, NATIONAL, timezone=zone, **asked)["results"]
        assert row == {"date": "2026-10-26", "heure": "12:00", "date_heure": written}


# --- conditions

REGIONS_OF_A_MOMENT = f"{DAY} and heure = '12:00'"


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("code_insee_region = '84'", 1),
        ('code_insee_region in ("84", "11", "11")', 2),
        ("code_insee_region not in ('84')", 11),
        ("code_insee_region != '84'", 11),
        ("not (code_insee_region = '84' or code_insee_region = '11')", 10),
        ("code_insee_region = '84' or code_insee_region = '11' and consommation < 0", 1),
        ("(code_insee_region = '84' or code_insee_region = '11') and consommation < 0", 0),
        ("consommation IS NOT NULL", 12),
        ("consommation is null", 0),
        ("column_30 is null", 12),
        ("pompage <= '0' and nucleaire >= 0.0", 12),
        ("date_heure <= now() and date_heure >= now(days=-2)", 12),
        ("date_heure > now(hours=-1)", 0),
        ("date_heure = '2026-11-20T11:00:00Z'", 12),
        ("date_heure = '2026-11-20T12:00:00+01:00'", 12),
        ("date_heure = date'2026-11-20T11:00:00'", 12),
        ("date_heure >= '2026'", 12),
        ("date >= '2026/11/21'", 0),
        ('libelle_region = "Provence-Alpes-Côte d\'Azur"', 1),
        ("libelle_region = 'Provence-Alpes-Côte d\\'Azur'", 1),
    ],
)
def test_conditions(shared_url: SimulatorUrl, where: str, count: int) -> None:
    answer = records(shared_url, REGIONAL, where=f"{REGIONS_OF_A_MOMENT} and ({where})", limit=100)
    assert answer["total_count"] == len(answer["results"]) == count


def test_conditions_several_times_and_refined(shared_url: SimulatorUrl) -> None:
    answer = get(
        shared_url,
        f"/datasets/{REGIONAL}/records",
        where=["heure = '12:00'", "consommation is not null"],
        refine=["date_heure:2026/11", "libelle_region:Bretagne"],
        exclude="date:2026/11/03",
        limit=100,
    ).json()
    days = {row["date"] for row in answer["results"]}
    assert {row["code_insee_region"] for row in answer["results"]} == {"53"}
    assert days == {f"2026-11-{day:02d}" for day in range(1, 22)} - {"2026-11-03"}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"order_by": "datetime"}, "Unknown field: datetime. Clause(s) containing the error(s): order_by."),
        ({"select": "datum"}, "Unknown field: datum. Clause(s) containing the error(s): select."),
        ({"where": "datum > 3"}, "Unknown field: datum. Clause(s) containing the error(s): where."),
        ({"refine": "datum:3"}, "Unknown field: datum. Clause(s) containing the error(s): refine."),
        ({"where": "heure ="}, "Unexpected end. Clause(s) containing the error(s): where."),
        ({"where": "heure = '12:00' date"}, "Unexpected 'date'. Clause(s) containing the error(s): where."),
        ({"where": "(heure = '12:00'"}, "Unexpected end. Clause(s) containing the error(s): where."),
        ({"where": "heure = '12:00"}, 'Syntax error near "\'12:00". Clause(s) containing the error(s): where.'),
        ({"where": "date_heure > '2026-11-20T12:00:00 00:00'"}, "Invalid value for field date_heure"),
        ({"where": "consommation > 'much'"}, "Invalid value for field consommation: much"),
        ({"where": "date_heure > now(moons=1)"}, "Unknown argument: moons"),
        ({"where": "heure is 3"}, "Unexpected '3'"),
        ({"group_by": "heure"}, "Clause(s) containing the error(s): group_by."),
        ({"select": "count(*)"}, "Unknown field: count"),
    ],
)
def test_malformed_queries(shared_url: SimulatorUrl, params: dict[str, str], said: str) -> None:
    for kind in ("records", "exports/json"):
        code, message = error(shared_url, f"/datasets/{NATIONAL}/{kind}", **params)
        assert code == "ODSQLError"
        assert message.startswith("ODSQL query is malformed: ")
        assert said in message


FIELDS = {field.name: field for field in ODRE.datasets[REGIONAL].fields}
comparisons = st.builds(
    "{} {} {}".format,
    st.just("date_heure"),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.integers(0, 96).map(lambda quarter: f"'2026-11-20T{quarter // 4 % 24:02d}:{quarter % 4 * 15:02d}:00Z'"),
)
others = st.sampled_from(["code_insee_region = '84'", "consommation is null", "not date = '2026-11-20'"])
conditions = st.recursive(
    comparisons | others,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner) | inner.map("not ({})".format)
    ),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(where=conditions)
def test_no_row_that_holds_lies_outside_the_span_of_its_condition(
    exported: Callable[..., list[dict[str, Any]]], where: str
) -> None:
    """What is read from the model may be narrowed to the span; the rows that hold must not change by it."""
    near = "date >= '2026-11-19' and date <= '2026-11-21'"
    condition = Parser(where, "where", FIELDS, 0).condition()
    narrowed = exported(REGIONAL, where=f"{near} and ({where})", select="code_insee_region, date_heure")
    everything = exported(REGIONAL, where=f"{near} and (({where}) or heure = 'never')", select="date_heure")
    assert len(narrowed) == len(everything)
    assert names(condition) <= set(FIELDS)
    limits = span(condition)
    times = [datetime.fromisoformat(row["date_heure"]).timestamp() for row in narrowed]
    assert all(limits.first is None or at >= limits.first for at in times)
    assert all(limits.last is None or at <= limits.last for at in times)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from("ab'\"()=<>,. 13dateinow_is"), max_size=30))
def test_any_text_is_a_condition_or_malformed(text: str) -> None:
    try:
        condition = Parser(text, "where", FIELDS, 0).condition()
    except Refused as refused:
        condition, status = None, refused.status
    assert names(condition) if condition else status == 400


# --- refusals


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (
            {"limit": 99999},
            "Invalid value for limit API parameter: 99999 was found but -1 <= limit <= 100 is expected.",
        ),
        ({"limit": "ten"}, "Invalid value for limit API parameter: ten was found but an integer is expected."),
        ({"offset": -1}, "Invalid value for offset API parameter: -1 was found"),
        ({"offset": 9900, "limit": 100}, "Invalid value for sum of offset + limit API parameter: 10000 was found"),
        ({"timezone": "Mars/Olympus"}, "Invalid value for timezone API parameter: Mars/Olympus was found"),
    ],
)
def test_parameters_out_of_range(shared_url: SimulatorUrl, params: dict[str, Any], said: str) -> None:
    code, message = error(shared_url, f"/datasets/{NATIONAL}/records", **params)
    assert code == "InvalidRESTParameterError"
    assert message.startswith(said)


def test_the_last_safe_page(shared_url: SimulatorUrl) -> None:
    assert len(records(shared_url, GAS, offset=9899, limit=100)["results"]) == 100


def test_parameters_of_lists_and_exports_are_checked_too(shared_url: SimulatorUrl) -> None:
    for path in ("/datasets", f"/datasets/{GAS}/exports/json"):
        code, message = error(shared_url, path, offset="deep")
        assert (code, message[:34]) == ("InvalidRESTParameterError", "Invalid value for offset API param")
    assert error(shared_url, f"/datasets/{GAS}/exports/csv", use_labels="perhaps")[0] == "InvalidRESTParameterError"
    links = get(shared_url, f"/datasets/{GAS}/exports").json()["links"]
    assert [link["rel"] for link in links] == ["self", "json", "jsonl", "csv"]
    assert requests.get(links[1]["href"], {"limit": "1"}, timeout=10).json()


def test_what_is_not_there(shared_url: SimulatorUrl) -> None:
    for path in ("/datasets/nothing", "/datasets/nothing/records", "/datasets/nothing/exports/json"):
        said = error(shared_url, path, status=404)
        assert said == ("NotFoundResource", "The requested dataset nothing does not exist.")
    assert get(shared_url, f"/datasets/{SCHOOLS}").status_code == 404  # another portal's
    assert error(shared_url, f"/datasets/{GAS}/exports/papyrus")[0] == "InvalidRESTParameterError"


# --- exports


def test_an_export_is_a_bare_array_of_all_rows_in_no_order(shared_url: SimulatorUrl) -> None:
    asked = {"where": DAY, "order_by": "date_heure"}
    answer = export(shared_url, NATIONAL, **asked)
    rows = answer.json()
    times = [row["date_heure"] for row in rows]
    assert len(rows) == records(shared_url, NATIONAL, where=DAY, limit=1)["total_count"] == 96
    assert times != sorted(times)
    assert export(shared_url, NATIONAL, **asked).content == answer.content
    assert len(export(shared_url, NATIONAL, limit=7).json()) == 7


def test_the_formats_say_the_same(shared_url: SimulatorUrl) -> None:
    for dataset, where in ((NATIONAL, "date = '2026-11-21'"), ("prod-region-annuelle-filiere", "annee = '2025'")):
        rows = export(shared_url, dataset, where=where).json()
        lines = export(shared_url, dataset, "jsonl", where=where).content.splitlines()
        assert [json.loads(line) for line in lines] == rows
        text = export(shared_url, dataset, "csv", where=where).content.decode("utf-8-sig")
        cells = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert [list(row) for row in cells] == [list(row) for row in rows]
        for cell, row in zip(cells, rows, strict=True):
            flat = {name: value for name, value in row.items() if not isinstance(value, dict)}
            assert {name: cell[name] for name in flat} == {
                name: "" if value is None else str(value) for name, value in flat.items()
            }


def test_csv_by_default_and_as_asked(shared_url: SimulatorUrl) -> None:
    body = export(shared_url, GAS, "csv", limit=1).content
    assert body.startswith("\ufeffdate;stock_fin_de_journee;source;pits\r\n2".encode())
    asked = {"use_labels": "true", "with_bom": "false", "delimiter": ",", "quote_all": "true", "limit": 1}
    assert export(shared_url, GAS, "csv", **asked).text.startswith(
        '"Date","Stock fin de journée","Source","PITS"\r\n"2'
    )
    point = export(shared_url, "prod-region-annuelle-filiere", "csv", select="geo_point_region, geo_shape_region")
    first = next(csv.reader(io.StringIO(point.content.decode("utf-8-sig").split("\r\n", 1)[1]), delimiter=";"))
    latitude, longitude = map(float, first[0].split(", "))
    assert 41 < latitude < 51
    assert -5 < longitude < 10
    assert json.loads(first[1])["type"] == "Polygon"
    assert error(shared_url, f"/datasets/{GAS}/exports/csv", delimiter="x")[0] == "InvalidRESTParameterError"


def test_labels_in_json_too(shared_url: SimulatorUrl) -> None:
    row = export(shared_url, GAS, use_labels="true", limit=1).json()[0]
    assert list(row) == ["Date", "Stock fin de journée", "Source", "PITS"]


def test_an_export_with_an_offset_breaks_off_with_a_sentence_in_a_good_answer(shared_url: SimulatorUrl) -> None:
    broken = export(shared_url, GAS, offset=2000).text
    before, sentence = broken.split("Streaming interrupted due to the following error: ")
    assert sentence.startswith("Invalid value for sum of offset + limit API parameter: 12")
    assert sentence.endswith("10000 is expected. (error_code: InvalidRESTParameterError)")
    assert len(json.loads(before + "]")) == 8000


# --- quotas and bad days


def test_rate_headers_count_down(url: SimulatorUrl) -> None:
    first, second = (get(url, "/datasets").headers for _ in range(2))
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Reset"]) == ("50000", "2026-12-01 00:00:00+00:00")
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) == 1
    paris = get(url, "/datasets", catalog="/opendata-paris/api/explore/v2.1/catalog").headers
    assert (paris["X-RateLimit-Limit"], paris["X-RateLimit-Remaining"]) == ("10000", "9999")
    assert paris["X-RateLimit-Reset"] == "2026-11-22 00:00:00+00:00"
    assert paris["Cache-Control"] == "no-store"


def test_a_used_up_quota_has_an_envelope_of_its_own(url: SimulatorUrl) -> None:
    url.set_faults({"match": "/odre/", "kind": "quota", "per_day": 2})
    assert [get(url, "/datasets").status_code for _ in range(2)] == [200, 200]
    refused = get(url, "/datasets")
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (429, "0")
    assert refused.json() == {
        "errorcode": 10005,
        "reset_time": "2026-11-22T00:00:00Z",
        "limit_time_unit": "day",
        "call_limit": 2,
        "error": "You have exceeded the requests limit for anonymous users.",
    }
    assert get(url, "/datasets", apikey="k").json()["errorcode"] == 10002
    asked = requests.get(f"{url}{CATALOG}/datasets", headers={"Authorization": "Apikey k"}, timeout=10)
    assert asked.json()["errorcode"] == 10002
    url.move_to("2026-11-22T00:00:00Z")
    assert get(url, "/datasets").status_code == 200


def test_a_stream_that_breaks_says_so_inside_a_good_answer(url: SimulatorUrl) -> None:
    url.set_faults({"match": "/exports/", "kind": "broken_body", "first_n": 1})
    broken = export(url, GAS, limit=50)
    assert b"Streaming interrupted due to the following error: " in broken.content
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|Extra data|delimiter"):
        broken.json()
    assert len(export(url, GAS, limit=50).json()) == 50


@pytest.mark.parametrize(("kind", "left"), [("empty", 0), ("partial", 11 * 96)])
def test_a_data_set_that_is_being_refreshed(url: SimulatorUrl, kind: str, left: int) -> None:
    url.set_faults({"match": f"/{REGIONAL}/", "kind": kind, "first_n": 3})
    assert records(url, REGIONAL, where=DAY)["total_count"] == left
    assert len(export(url, REGIONAL, where=DAY).json()) == left
    lines = export(url, REGIONAL, "csv", where=DAY).text.splitlines()
    assert len(lines) == left + 1
    assert len(export(url, REGIONAL, where=DAY).json()) == 12 * 96


def test_part_of_the_nation_is_missing_while_it_is_refreshed(url: SimulatorUrl) -> None:
    url.set_faults({"match": f"/{NATIONAL}/", "kind": "partial"})
    times = sorted(datetime.fromisoformat(row["date_heure"]) for row in export(url, NATIONAL, where=DAY).json())
    steps = Counter((after - before).total_seconds() / 900 for before, after in pairwise(times))
    assert set(steps) == {1.0, 21.0}  # twenty quarter-hours of the day
    assert steps[21.0] == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_status_faults_have_a_body(url: SimulatorUrl, status: int) -> None:
    url.set_faults({"match": "/odre/", "kind": status, "retry_after": 3})
    answer = get(url, "/datasets")
    assert answer.status_code == status
    assert answer.headers["Retry-After"] == "3"
    assert answer.json().get("error" if status == 429 else "message")
