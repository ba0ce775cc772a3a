"""What is odd about the portals: values, clock changes, rows of the future, quotas, descriptions of data sets."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import requests
from airbyte_cdk.models import FailureType, Status
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_double import Call, Held, Reply, Row, error
from portal_reads import NOW, ODRE, PARIS, PARIS_PORTAL, Site, config, held, site
from reading import LOGGER, pinned, read
from source_opendatasoft import SourceOpendatasoft
from source_opendatasoft.casts import CASTS, Unreadable, day, instant, is_nothing, number
from source_opendatasoft.dataset import Dataset
from source_opendatasoft.described import dataset_of, snake_case
from source_opendatasoft.odsql import begins_at, both, is_null
from source_opendatasoft.portal import Rows, asked_wait, reset_time
from source_opendatasoft.presets import PRESETS
from source_opendatasoft.records import Reader, fingerprint

NATIONAL = "eco2mix_national_tr"
GAS = "stock_quotidien_stockages_gaz"
BY_NAME: Mapping[str, Dataset] = {dataset.name: dataset for sets in PRESETS.values() for dataset in sets}
FAST = settings(max_examples=60, deadline=None)


def quarter(at: datetime, consommation: int | None = 50_000, **values: Any) -> Row:
    """A row of national real time."""
    return {
        "perimetre": "France",
        "nature": "Données temps réel",
        "date": at.date().isoformat(),
        "heure": f"{at:%H:%M}",
        "date_heure": at.isoformat(),
        "consommation": consommation,
        **values,
    }


def quarters(first: str, count: int, **values: Any) -> list[Row]:
    begin = datetime.fromisoformat(first)
    return [quarter(begin + timedelta(minutes=15 * step), **values) for step in range(count)]


# Values


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (12, 12),
        (-0.5, -0.5),
        ("9712", 9712),
        ("-12", -12),
        (" 7 ", 7),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1 234 567", 1234567),
        ("1 234", 1234),
        ("1e3", 1000.0),
        (True, 1),
        ("ND", None),
        ("nd", None),
        ("-", None),
        ("", None),
        ("  ", None),
    ],
)
def test_a_number_is_read_however_it_is_written(written: Any, read: Any) -> None:
    assert number(written) == read


@pytest.mark.parametrize("written", ["inf", "-inf", "1_000", "12 MW", "0x10", "1 23", "--5", "1e999", [], {}])
def test_what_is_no_number_is_not_taken_for_one(written: Any) -> None:
    with pytest.raises(Unreadable):
        number(written)


@FAST
@given(st.one_of(st.integers(-(2**52), 2**52), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_written_as_a_text_is_the_same_number(value: float) -> None:
    assert number(str(value)) == value
    assert number(str(value).replace(".", ",")) == value


@FAST
@given(st.sampled_from(sorted(CASTS)), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_no_value_breaks_a_cast(kind: str, value: Any) -> None:
    try:
        read = CASTS[kind](value)
    except (Unreadable, TypeError):
        read = None
    orjson.dumps(read)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03", "2026-03-01"),
        ("2026", "2026-01-01"),
        ("2026-03-01T10:00:00+00:00", "2026-03-01"),
    ],
)
def test_a_day_is_read_from_all_of_it_or_a_part(written: str, read: str) -> None:
    assert day(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-01T01:00:00+01:00", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00", "2026-03-01T00:00:00Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z"),
    ],
)
def test_an_instant_without_an_offset_is_utc(written: str, read: str) -> None:
    assert instant(written) == read


@pytest.mark.parametrize("point", [{"lon": 2.5, "lat": 48.0}, [48.0, 2.5], "48.0, 2.5", "48.0,2.5"])
def test_a_point_becomes_two_numbers_in_each_of_its_forms(point: Any) -> None:
    assert (CASTS["@lon"](point), CASTS["@lat"](point)) == (2.5, 48.0)


def test_a_file_is_its_address_and_a_shape_is_text() -> None:
    assert CASTS["@url"]({"filename": "a.pdf", "url": "https://portal/a.pdf"}) == "https://portal/a.pdf"
    shape = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2.5, 48.0]}}
    assert json.loads(CASTS["string"](shape)) == shape


def test_what_no_column_can_hold_is_told_once_a_column_with_its_count(caplog: pytest.LogCaptureFixture) -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 9, eolien="voir note", solaire="ND", gaz="-")
    with site(**{NATIONAL: held(rows)}) as portal, caplog.at_level(logging.WARNING):
        reading = portal.sync(NATIONAL)
    records = reading.records(NATIONAL)
    assert {record["eolien"] for record in records} == {record["solaire"] for record in records} == {None}
    told = [record.message for record in caplog.records if "eolien" in record.message]
    assert [message for message in told if "'voir note' (9 times)" in message] == told[-1:]
    assert not [record.message for record in caplog.records if "'ND'" in record.message]


def test_a_new_column_is_told_once_and_a_stray_one_is_not(caplog: pytest.LogCaptureFixture) -> None:
    row = {"code_insee_region": "32", "libelle_region": "Hauts-de-France", "column_30": None, "hydrogene": 3}
    rows = [{**row, **quarter} for quarter in quarters("2026-03-09T00:00:00+00:00", 30)]
    with site(eco2mix_regional_tr=held(rows)) as portal, caplog.at_level(logging.WARNING):
        reading = portal.sync("eco2mix_regional_tr")
    assert not {"hydrogene", "column_30"} & set(reading.records("eco2mix_regional_tr")[0])
    told = [record.message for record in caplog.records if "not read" in record.message]
    assert told == ["eco2mix_regional_tr: new on the portal and not read: hydrogene, perimetre."]


def test_rows_without_a_field_of_their_key_are_a_portal_that_has_changed() -> None:
    rows = [{name: value for name, value in row.items() if name != "heure"} for row in quarters(NOW, 3)]
    kept = held(rows)
    kept.types["heure"] = "text"
    with site(**{NATIONAL: kept}) as portal:
        reading = portal.sync(NATIONAL)
    assert reading.failure is not None
    assert "have no heure. The portal may have changed the data set: look for a newer connector." in str(
        reading.failure.message
    )


def test_a_school_without_a_year_is_a_row_all_the_same() -> None:
    rows: list[Row] = [
        {"libelle": "JULES FERRY", "arr_insee": 75120, "annee_scol": None, "geo_point_2d": None},
        {"libelle": "JULES FERRY", "arr_insee": 75120, "annee_scol": "2020-2021", "geo_point_2d": None},
    ]
    with site(etablissements_scolaires_maternelles=held(rows)) as portal:
        reading = portal.sync("etablissements_scolaires_maternelles", domain=PARIS_PORTAL)
    assert set(reading.table("etablissements_scolaires_maternelles")) == {
        ("JULES FERRY", "75120", ""),
        ("JULES FERRY", "75120", "2020-2021"),
    }


# Time


def local_day(day: str, nature: str = "Données temps réel") -> list[Row]:
    """The 96 labels of a Paris day as the publisher writes them, the four that do not exist in spring included."""
    rows = []
    for step in range(96):
        label = datetime.fromisoformat(day) + timedelta(minutes=15 * step)
        at = label.replace(tzinfo=PARIS, fold=1).astimezone(UTC)
        if at.astimezone(PARIS).replace(tzinfo=None) != label:
            # What does not exist has the instant of the same minute of the next hour.
            at = (label + timedelta(hours=1)).replace(tzinfo=PARIS).astimezone(UTC)
        rows.append(
            {**quarter(at), "date": day, "heure": f"{label:%H:%M}", "nature": nature, "consommation": 40_000 + step}
        )
    return rows


def test_in_spring_both_rows_of_an_instant_stay() -> None:
    with site(**{NATIONAL: held(local_day("2026-03-29"))}) as portal:
        table = portal.sync(NATIONAL, "2026-03-30T00:00:00Z").table(NATIONAL)
    assert len(table) == 96
    twins = sorted((row["date_heure"], row["heure"]) for row in table.values() if row["heure"][:2] in ("02", "03"))
    assert [at for at, _ in twins] == [f"2026-03-29T01:{m:02}:00Z" for m in (0, 15, 30, 45) for _ in range(2)]
    assert {row["heure"]: row["consommation"] for row in table.values()} == {
        f"{step // 4:02}:{step % 4 * 15:02}": 40_000 + step for step in range(96)
    }


def test_in_autumn_the_repeated_hour_comes_once_with_the_stamp_of_its_second_pass() -> None:
    with site(**{NATIONAL: held(local_day("2025-10-26"))}) as portal:
        table = portal.sync(NATIONAL, "2025-10-27T00:00:00Z", start_date="2025-10-20").table(NATIONAL)
    assert len(table) == len({row["date_heure"] for row in table.values()}) == 96
    assert table["France", "2025-10-26", "02:00", "Données temps réel"]["date_heure"] == "2025-10-26T01:00:00Z"
    assert "2025-10-26T00:00:00Z" not in {row["date_heure"] for row in table.values()}


def test_what_is_consolidated_does_not_overwrite_what_is_definitive() -> None:
    natures = ("Données consolidées", "Données définitives")
    rows = [row for nature in natures for row in local_day("2026-01-10", nature)]
    with site(eco2mix_national_cons_def=held(rows)) as portal:
        table = portal.sync("eco2mix_national_cons_def", start_date="2026-01-01").table("eco2mix_national_cons_def")
    assert len(table) == 2 * 96


def test_rows_of_the_future_do_not_move_the_state() -> None:
    """National real time has rows to the end of tomorrow, without any measure."""
    rows = quarters("2026-03-09T00:00:00+00:00", 130) + quarters(
        "2026-03-10T08:30:00+00:00", 150, consommation=None, prevision_j1=51_000
    )
    with site(**{NATIONAL: held(rows)}) as portal:
        reading = portal.sync(NATIONAL, NOW)
        assert len(reading.records(NATIONAL)) == 280
        assert portal.saved()["date_heure"] == "2026-03-10T08:15:00Z"


def test_a_measure_of_the_future_does_not_move_the_state_either() -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 500)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, NOW)
        assert portal.saved()["date_heure"] == "2026-03-10T09:00:00Z"


# Calls


def test_conditions_are_written_with_instants_in_utc() -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 8)
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.sync(NATIONAL, start_date="2026-03-29", now="2026-03-29T12:00:00Z")
        # A Paris midnight is an hour before that of UTC.
        assert portal.portal.calls[1].params["where"] == "date_heure >= '2026-03-28T23:00:00Z'"
    at = datetime(2026, 7, 1, tzinfo=UTC)
    assert (
        both(begins_at("date_heure", at), is_null("année"))
        == "date_heure >= '2026-07-01T00:00:00Z' and `année` is null"
    )
    assert begins_at("date", at.date()) == "date >= date'2026-07-01'"


def test_few_rows_come_in_pages_sorted_by_the_key_and_many_as_an_export() -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 150)
    with site(**{NATIONAL: held(rows[:120])}) as portal:
        few = portal.sync(NATIONAL, keep=False)
        assert [call.kind for call in portal.portal.calls[1:]] == ["records"] * 3
        assert portal.portal.calls[-1].params["order_by"] == "perimetre,date,heure,nature"
        assert portal.portal.calls[-1].params["offset"] == "100"
        portal.portal.held["eco2mix-national-tr"].rows = quarters("2026-03-05T00:00:00+00:00", 400)
        many = portal.sync(NATIONAL, keep=False)
        assert portal.portal.kinds()[-1] == "exports/jsonl"
    assert (len(few.table(NATIONAL)), len(many.table(NATIONAL))) == (120, 400)


def test_a_field_that_is_no_plain_word_is_quoted_in_conditions_and_in_the_order() -> None:
    rows = [{"1er_jour": f"2026-03-{day:02}", "code postal": str(code)} for day in range(1, 10) for code in range(12)]
    wanted = [{"dataset": "plain", "cursor": "1er_jour", "key": ["1er_jour", "code postal"]}]
    with site(plain=Held(rows, {"1er_jour": "date", "code postal": "text"})) as portal:
        reading = portal.sync("plain", domain="data.example.org", datasets=wanted)
        assert {call.params["order_by"] for call in portal.portal.calls if call.params.get("limit") == "100"} == {
            "`1er_jour`,`code postal`"
        }
    assert len(reading.table("plain")) == len(rows) > 100, "they come in two pages"


@pytest.mark.parametrize("clock", ["heure", "heures"])
def test_a_field_that_has_had_two_names_is_sorted_by_the_one_that_it_has(clock: str) -> None:
    rows = [
        {"code_insee_epci": "1", "libelle_metropole": "A", clock: row.pop("heure"), **row}
        for row in quarters("2026-03-09T00:00:00+00:00", 120)
    ]
    with site(eco2mix_metropoles_tr=held(rows)) as portal:
        table = portal.sync("eco2mix_metropoles_tr").table("eco2mix_metropoles_tr")
        assert portal.portal.calls[-1].params["order_by"] == f"code_insee_epci,date,{clock},nature"
    assert sorted(row["heures"] for row in table.values()) == sorted(row[clock] for row in rows)


def test_more_rows_than_the_portal_pages_through_come_all() -> None:
    rows = [
        {**row, "code_insee_region": str(code), "libelle_region": ""}
        for code in (11, 24, 27, 28, 32, 44, 52, 53, 75, 76, 84, 93)
        for row in quarters("2026-02-25T00:00:00+00:00", 1_000)
    ]
    with site(eco2mix_regional_tr=held(rows)) as portal:
        reading = portal.sync("eco2mix_regional_tr", start_date="2026-02-01")
        deepest = max(int(call.params.get("offset", 0)) for call in portal.portal.calls)
    assert reading.failure is None
    assert len(reading.table("eco2mix_regional_tr")) == 12_000
    assert deepest < 10_000


def test_a_row_that_comes_twice_between_two_pages_is_not_a_hole() -> None:
    """The data moved between two pages: one row came twice and one never, the counts agree."""
    rows = quarters("2026-03-09T00:00:00+00:00", 150)
    kept = held(rows)

    def moved(call: Call) -> Reply | None:
        if call.params.get("offset") != "100":
            return None
        return 200, json.dumps({"total_count": 150, "results": rows[99:149]}).encode(), {}

    with site(**{NATIONAL: kept}) as portal:
        portal.portal.before = moved
        reading = portal.sync(NATIONAL)
    assert len(reading.table(NATIONAL)) == 150


def test_an_export_that_breaks_off_with_a_sentence_is_asked_for_again() -> None:
    rows = quarters("2026-03-05T00:00:00+00:00", 400)
    broken = b"".join(json.dumps(row).encode() + b"\n" for row in rows[:70])
    sentence = (
        b"Streaming interrupted due to the following error: Invalid value (error_code: InvalidRESTParameterError)"
    )
    endings = iter([sentence, json.dumps(rows[70]).encode()[:40] + sentence])

    def breaking(call: Call) -> Reply | None:
        ending = next(endings, None) if call.kind.startswith("exports") else None
        return (200, broken + ending, {}) if ending else None

    with site(**{NATIONAL: held(rows)}) as portal:
        portal.portal.before = breaking
        reading = portal.sync(NATIONAL)
        assert portal.waits == [1.0, 2.0]
    assert len(reading.table(NATIONAL)) == 400


def test_an_export_cut_between_two_lines_is_found_out_by_its_count() -> None:
    rows = quarters("2026-03-05T00:00:00+00:00", 400)
    cuts = iter([70, 399])

    def cut(call: Call) -> Reply | None:
        at = next(cuts, None) if call.kind.startswith("exports") else None
        return (200, b"".join(json.dumps(row).encode() + b"\n" for row in rows[:at]), {}) if at else None

    with site(**{NATIONAL: held(rows)}) as portal:
        portal.portal.before = cut
        reading = portal.sync(NATIONAL)
        assert portal.waits == [5.0, 15.0]
    assert len(reading.table(NATIONAL)) == 400


def test_an_api_key_goes_in_the_header_and_never_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with site(**{NATIONAL: held(quarters("2026-03-09T00:00:00+00:00", 3))}) as portal, caplog.at_level(logging.DEBUG):
        portal.portal.before = lambda call: error(500, "Trouble", "of a kind")
        reading = portal.sync(NATIONAL, api_key="a-secret-word")
        assert {call.authorization for call in portal.portal.calls} == {"Apikey a-secret-word"}
        assert "a-secret-word" not in caplog.text + str(reading.failure and reading.failure.message)
        portal.sync(NATIONAL)
        assert {call.authorization for call in portal.portal.calls} == {None}


# Quotas


def used_up(**more: Any) -> Reply:
    body = {
        "errorcode": 10005,
        "reset_time": "2026-03-11T00:00:00Z",
        "limit_time_unit": "day",
        "call_limit": 1000,
        "error": "You have exceeded the requests limit for anonymous users.",
        **more,
    }
    return 429, json.dumps(body).encode(), {}


def test_a_quota_of_the_day_is_not_waited_for_and_the_next_sync_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    rows = quarters("2026-01-01T00:00:00+00:00", 96 * 69)
    calls = iter(range(100))
    with site(**{NATIONAL: held(rows)}) as portal, caplog.at_level(logging.WARNING):
        portal.portal.before = lambda call: used_up() if next(calls) >= 4 else None
        first = portal.sync(NATIONAL, start_date="2026-01-01")
        assert first.failure is None
        assert portal.waits == []
        assert "10005 You have exceeded the requests limit for anonymous users." in caplog.text
        assert "asks to wait 900 minutes" in caplog.text
        reached = portal.saved()["date_heure"] if portal.state else None
        portal.portal.before = lambda call: None
        second = portal.sync(NATIONAL, "2026-03-11T00:10:00Z", start_date="2026-01-01")
    assert reached is None or reached < portal.saved()["date_heure"]
    assert len(first.table(NATIONAL, second)) == len(rows)


def test_a_quota_that_begins_anew_in_a_moment_is_waited_for() -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 3)
    answers = iter([used_up(reset_time="2026-03-10T09:00:07Z")])
    with site(**{NATIONAL: held(rows)}) as portal:
        portal.portal.before = lambda call: next(answers, None)
        assert portal.sync(NATIONAL).failure is None
        assert portal.waits == [7.0]


@pytest.mark.parametrize("reset", ["2026-03-11 00:00:00+00:00", "1773187200"])
def test_the_last_calls_of_a_quota_are_left_to_others(reset: str, caplog: pytest.LogCaptureFixture) -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 3)
    with site(**{NATIONAL: held(rows)}) as portal, caplog.at_level(logging.WARNING):
        portal.portal.headers = {
            "X-RateLimit-Limit": "10000",
            "X-RateLimit-Remaining": "4",
            "X-RateLimit-Reset": reset,
        }
        assert portal.sync(NATIONAL).failure is None
        assert portal.portal.kinds() == ["description"]
        assert "4 of 10000 calls are left until 2026-03-11T00:00:00Z and kept for others" in caplog.text
        portal.portal.headers = {**portal.portal.headers, "X-RateLimit-Remaining": "6"}
        assert len(portal.sync(NATIONAL).records(NATIONAL)) == 3


def test_a_quota_of_one_data_set_leaves_the_others_alone() -> None:
    rows = quarters("2026-03-09T00:00:00+00:00", 3)
    gas: list[Row] = [
        {"date": "2026-03-08", "stock_fin_de_journee": 1.5, "source": "Storengy", "pits": "Centre"},
    ]
    with site(**{NATIONAL: held(rows), GAS: held(gas)}) as portal:

        def nearly(call: Call) -> Reply | None:
            left = "0" if call.dataset == "eco2mix-national-tr" else "5000"
            portal.portal.headers = {"X-RateLimit-dataset-Limit": "5000", "X-RateLimit-dataset-Remaining": left}
            return None

        portal.portal.before = nearly
        with pinned(NOW):
            source = SourceOpendatasoft(portal.waits.append)
            reading = read(source, config(portal.portal), NATIONAL, GAS)
    assert reading.failure is None
    assert (len(reading.records(NATIONAL)), len(reading.records(GAS))) == (0, 1)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-07-28 00:00:00+00:00", datetime(2026, 7, 28, tzinfo=UTC)),
        ("2026-07-28T00:00:00Z", datetime(2026, 7, 28, tzinfo=UTC)),
        ("2026-07-28", datetime(2026, 7, 28, tzinfo=UTC)),
        ("1785196800", datetime(2026, 7, 28, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        ("9" * 30, None),
    ],
)
def test_when_a_quota_begins_anew_is_read_in_both_forms(told: Any, at: datetime | None) -> None:
    assert reset_time(told) == at


def test_retry_after_has_the_first_word() -> None:
    response = requests.Response()
    response.headers["Retry-After"] = "9"
    response.headers["X-RateLimit-Reset"] = "2026-07-28 00:00:00+00:00"
    assert asked_wait(response) == "9"


# Refusals


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            error(400, "ODSQLError", "ODSQL query is malformed: Unknown field: x."),
            "ODSQLError ODSQL query is malformed",
        ),
        (error(401, "AuthenticationError", "No key."), "check api_key"),
        (error(403, "ForbiddenAccess", "Not for you."), "may see it"),
        (
            error(404, "NotFoundResource", "The requested dataset x does not exist."),
            "take the stream eco2mix_national_tr",
        ),
    ],
)
def test_a_refusal_is_said_in_one_line_with_the_data_set_and_what_to_do(answer: Reply, said: str) -> None:
    with site(**{NATIONAL: held([])}) as portal:
        portal.portal.before = lambda call: answer
        failure = portal.sync(NATIONAL).failure
    assert failure is not None
    message = str(failure.message)
    assert message.startswith(f"{ODRE}, data set eco2mix-national-tr: HTTP {answer[0]} (")
    assert said in message
    assert "\n" not in message


def test_check_names_the_data_sets_that_fail() -> None:
    wanted = [{"dataset": "there"}, {"dataset": "gone"}, {"dataset": "there", "stream": "again", "cursor": "no_such"}]
    kept = {NATIONAL: held(quarters(NOW, 1)), "there": held([{"a": 1}])}
    with site(**kept) as portal:
        check = SourceOpendatasoft(portal.waits.append).check
        with pinned(NOW):
            good = check(LOGGER, config(portal.portal, datasets=wanted[:1]))
            assert (good.status, good.message) == (Status.SUCCEEDED, f"{ODRE} answers, 2 data sets asked.")
            bad = check(LOGGER, config(portal.portal, datasets=wanted))
    assert bad.status is Status.FAILED
    assert "data set gone: HTTP 404" in str(bad.message)
    assert "Data set there: it has no field no_such" in str(bad.message)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"domain": ""}, "domain is missing"),
        ({"domain": "data.example.org"}, "name those to read under 'datasets'"),
        ({"datasets": [{"dataset": "eco2mix-national-tr"}]}, "Two streams are called eco2mix_national_tr"),
        ({"datasets": [{"dataset": "a"}, {"dataset": "A"}]}, "Two streams are called a"),
        ({"start_date": "2026-13-01"}, "no day of the calendar"),
        ({"advanced": {"stream_start_dates": {"x": "2026-01-01"}}}, "no stream of odre.opendatasoft.com"),
    ],
)
def test_a_wrong_configuration_is_said_in_a_sentence(changed: Mapping[str, Any], said: str) -> None:
    wrong = {"domain": ODRE, "start_date": "2026-01-01", **changed}
    with pinned(NOW):
        answer = SourceOpendatasoft().check(LOGGER, wrong)
    assert answer.status is Status.FAILED
    assert said in str(answer.message)


@pytest.mark.parametrize("domain", ["https://odre.opendatasoft.com/explore/", " ODRE.opendatasoft.com ", ODRE])
def test_a_domain_copied_from_the_browser_is_understood(domain: str) -> None:
    with pinned(NOW):
        catalog = SourceOpendatasoft().discover(LOGGER, {"domain": domain, "start_date": "2026-01-01"})
    assert NATIONAL in {stream.name for stream in catalog.streams}


# Data sets that nobody described here


DOCUMENT: Mapping[str, Any] = {
    "dataset_id": "bornes-de-recharge",
    "metas": {"default": {"title": "Bornes de recharge", "license": "Licence Ouverte v2.0", "records_count": 2}},
    "fields": [
        {"name": "id_borne", "label": "Identifiant", "type": "text", "annotations": {"id": []}},
        {"name": "n°_voie", "label": "N° de voie", "type": "int", "annotations": {}},
        {"name": "n_voie", "label": "Voie", "type": "text", "annotations": {}},
        {"name": "puissance", "label": "Puissance", "type": "double", "annotations": {"unit": "kW"}},
        {"name": "énergie", "label": "Énergie", "type": "double", "annotations": [{"name": "unit", "args": ["kWh"]}]},
        {"name": "mise_en_service", "label": "Mise en service", "type": "date", "annotations": {}},
        {"name": "maj", "label": "Mise à jour", "description": "Dernière.", "type": "datetime", "annotations": {}},
        {"name": "prises", "label": "Prises", "type": "text", "annotations": {"multivalued": []}},
        {"name": "lieu", "label": "Lieu", "type": "geo_point_2d", "annotations": {}},
        {"name": "contour", "label": "Contour", "type": "geo_shape", "annotations": {}},
        {"name": "photo", "label": "Photo", "type": "file", "annotations": {}},
        {"name": "2020", "label": "2020", "type": "double", "annotations": {}},
        {"name": "autre", "label": None, "type": "something new", "annotations": None},
    ],
}


def test_a_data_set_is_described_from_the_portals_own_words() -> None:
    dataset = dataset_of(DOCUMENT, {"dataset": "bornes-de-recharge", "cursor": "maj"})
    described = dataset.description
    assert described.name == "bornes_de_recharge"
    assert described.text == "Bornes de recharge. Licence: Licence Ouverte v2.0."
    assert (described.primary_key, described.cursor) == (["id_borne"], "maj")
    assert [(field.name, field.type, field.unit) for field in described.fields] == [
        ("id_borne", "string", ""),
        ("n_voie", "integer", ""),
        ("n_voie_2", "string", ""),
        ("puissance", "number", "kW"),
        ("energie", "number", "kWh"),
        ("mise_en_service", "date", ""),
        ("maj", "instant", ""),
        ("prises", "string", ""),
        ("lieu_lon", "number", "degrees"),
        ("lieu_lat", "number", "degrees"),
        ("contour", "string", ""),
        ("photo", "string", ""),
        ("field_2020", "number", ""),
        ("autre", "string", ""),
    ]
    assert [field.name for field in described.fields if not field.nullable] == ["id_borne"]
    assert {field.name: field.description for field in described.fields}["maj"] == "Mise à jour. Dernière."


def test_its_rows_become_flat_records() -> None:
    row = {
        "id_borne": "B1",
        "n°_voie": 4,
        "n_voie": "rue",
        "puissance": "22",
        "énergie": 1.5,
        "mise_en_service": "2020",
        "maj": "2026-03-01T10:00:00+01:00",
        "prises": ["T2", "CCS, Combo"],
        "lieu": {"lon": 2.0, "lat": 48.0},
        "contour": {"type": "Feature", "geometry": None},
        "photo": {"url": "https://portal/photo.jpg", "filename": "photo.jpg"},
        "2020": None,
        "autre": {"a": 1},
    }
    (record,) = Reader(dataset_of(DOCUMENT, {"dataset": "bornes"})).records([row])
    assert record == {
        "id_borne": "B1",
        "n_voie": 4,
        "n_voie_2": "rue",
        "puissance": 22,
        "energie": 1.5,
        "mise_en_service": "2020-01-01",
        "maj": "2026-03-01T09:00:00Z",
        "prises": '["T2","CCS, Combo"]',
        "lieu_lon": 2.0,
        "lieu_lat": 48.0,
        "contour": '{"type":"Feature","geometry":null}',
        "photo": "https://portal/photo.jpg",
        "field_2020": None,
        "autre": '{"a":1}',
    }


def test_without_a_key_a_row_is_its_fingerprint() -> None:
    rows = [{"a": 1, "b": "x"}, {"a": 1, "b": "x"}, {"a": 1, "b": "y"}]
    with site(plain=held(rows)) as portal:
        reading = portal.sync("plain", domain="data.example.org", datasets=[{"dataset": "plain"}])
    assert [(row["a"], row["b"]) for row in reading.table("plain").values()] == [(1, "x"), (1, "y")]
    assert reading.descriptions["plain"].primary_key == ("record_hash",)


@FAST
@given(st.dictionaries(st.text(max_size=3), st.none() | st.integers(-9, 9) | st.text(max_size=3), max_size=4))
def test_a_fingerprint_does_not_depend_on_the_order_of_columns(record: dict[str, Any]) -> None:
    assert fingerprint(record) == fingerprint(dict(reversed(record.items())))


@FAST
@given(st.text())
def test_a_name_becomes_one_ascii_word(name: str) -> None:
    word = snake_case(name)
    assert word.isascii()
    assert word.isidentifier()
    assert word == word.lower() == snake_case(word)


@FAST
@given(st.lists(st.tuples(st.text(min_size=1), st.sampled_from(["text", "geo_point_2d", "int"])), min_size=1))
def test_no_two_columns_have_one_name(fields: list[tuple[str, str]]) -> None:
    document = {"fields": [{"name": name, "type": type_} for name, type_ in fields]}
    names = [field.name for field in dataset_of(document, {"dataset": "x"}).description.fields]
    assert len(set(names)) == len(names)


def test_a_row_without_a_part_of_its_key_is_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    rows: list[Row] = [{"number": 1, "name": None}, {"number": None, "name": "b"}]
    wanted = [{"dataset": "plain", "key": ["number"]}, {"dataset": "plain", "key": ["name"], "stream": "named"}]
    with site(plain=held(rows)) as portal, caplog.at_level(logging.WARNING):
        options = {"domain": "data.example.org", "datasets": wanted}
        assert [row["number"] for row in portal.sync("plain", **options).records("plain")] == [1]
        assert "1 rows have no value in number" in caplog.text
        assert [row["name"] for row in portal.sync("named", **options).records("named")] == ["", "b"]


def test_rows_that_share_a_key_and_differ_are_told(caplog: pytest.LogCaptureFixture) -> None:
    rows: list[Row] = [{"name": "a", "value": 1}, {"name": "a", "value": 2}, {"name": "b", "value": 3}]
    with site(plain=held(rows)) as portal, caplog.at_level(logging.WARNING):
        portal.sync("plain", domain="data.example.org", datasets=[{"dataset": "plain", "key": ["name"]}])
    assert "plain: 1 rows share name with a row that differs" in caplog.text


def test_an_unknown_data_set_is_a_matter_of_configuration() -> None:
    with site(plain=held([{"a": 1}])) as portal:
        reading = portal.sync("gone", domain="data.example.org", datasets=[{"dataset": "gone"}])
    assert reading.failure is not None
    assert reading.failure.failure_type is FailureType.config_error
    assert "data.example.org, data set gone: HTTP 404" in str(reading.failure.message)


@pytest.fixture
def big() -> Iterator[Site]:
    rows = [{"id": number, "name": f"row {number}", "at": "2026-03-01T00:00:00+00:00"} for number in range(12_500)]
    with site(big=Held(rows, {"id": "int", "name": "text", "at": "datetime"})) as portal:
        yield portal


def test_a_file_that_was_fetched_ahead_and_is_dropped_is_closed() -> None:
    lines = tempfile.SpooledTemporaryFile()  # noqa: SIM115 (Rows closes it)
    rows = Rows(0, spooled=lines)
    del rows
    assert lines.closed


def test_a_large_data_set_without_a_date_comes_in_pages_of_moderate_size(big: Site) -> None:
    reading = big.sync("big", domain="data.example.org", datasets=[{"dataset": "big", "key": ["id"]}])
    assert [len(page.records) for page in reading.pages] == [5_000, 5_000, 2_500]
    assert len(reading.table("big")) == 12_500


def test_a_configured_cursor_makes_later_syncs_short(big: Site) -> None:
    options = {"domain": "data.example.org", "datasets": [{"dataset": "big", "key": ["id"], "cursor": "at"}]}
    assert len(big.sync("big", start_date="2020-01-01", **options).records("big")) == 12_500
    kept = big.portal.held["big"]
    kept.rows.append({"id": 99_999, "name": "new", "at": "2026-05-01T00:00:00+00:00"})
    kept.rows.append({"id": 99_998, "name": "undated", "at": None})
    kept.processed = "2026-05-01T00:00:00+00:00"
    later = big.sync("big", "2026-05-02T00:00:00Z", start_date="2020-01-01", **options)
    assert {row["id"] for row in later.records("big")} >= {99_999}
    assert "record_hash" not in later.records("big")[0]


def test_rows_without_a_cursor_are_told(caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"id": 1, "at": "2026-03-01T00:00:00+00:00"}, {"id": 2, "at": None}]
    with site(dated=Held(rows, {"id": "int", "at": "datetime"})) as portal, caplog.at_level(logging.WARNING):
        options = {"domain": "data.example.org", "datasets": [{"dataset": "dated", "key": ["id"], "cursor": "at"}]}
        reading = portal.sync("dated", **options)
    assert [row["id"] for row in reading.records("dated")] == [1]
    assert "1 rows have no at and are not read" in caplog.text


def test_what_stands_for_nothing_is_known() -> None:
    assert all(map(is_nothing, (None, "", " ", "ND", "-")))
    assert not any(map(is_nothing, (0, False, "0", "x")))
