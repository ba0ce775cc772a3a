"""What is wrong with a configuration is said in one sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from airbyte_cdk.models import FailureType, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import (
    advanced,
    end_day,
    failed,
    refuse,
    start_day,
    without_nulls,
    wrong_by_spec,
    wrong_days,
    wrong_names,
)

GOOD: dict[str, Any] = {
    "start_date": "2026-01-01",
    "advanced": {"end_date": "2026-02-01", "stream_start_dates": {"load": "2025-06-01"}},
}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAWATT_NOW", "2026-11-21T12:00:00Z")


def test_days_are_those_of_the_stream_or_of_all() -> None:
    assert wrong_days(GOOD) is None
    assert (start_day(GOOD, "load"), start_day(GOOD, "flows")) == (date(2025, 6, 1), date(2026, 1, 1))
    assert end_day(GOOD) == date(2026, 2, 1)
    assert end_day({"start_date": "2026-01-01", "advanced": None}) is None
    assert advanced({"advanced": None}) == {}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "start_date is missing"),
        ({"start_date": "2026-02-30"}, "start_date 2026-02-30 is no day of the calendar"),
        ({"start_date": 20260101}, "start_date 20260101 is no day"),
        ({"start_date": "2027-01-01"}, "start_date 2027-01-01 is in the future"),
        ({"start_date": "2026-01-01", "advanced": {"end_date": "2025-12-31"}}, "end_date 2025-12-31 is before"),
        ({"start_date": "2026-01-01", "advanced": {"stream_start_dates": {"load": "soon"}}}, "load soon is no day"),
    ],
)
def test_a_wrong_day_is_named(config: dict[str, Any], said: str) -> None:
    wrong = wrong_days(config)
    assert wrong
    assert said in wrong
    with pytest.raises(AirbyteTracedException) as refused:
        refuse(wrong)
    assert (refused.value.message, refused.value.failure_type) == (wrong, FailureType.config_error)


def test_a_name_that_is_no_stream_is_named() -> None:
    assert wrong_names(GOOD, "stream_start_dates", ["load"], "RTE's") is None
    assert wrong_names(GOOD, "stream_start_dates", ["flows"], "RTE's") == (
        "stream_start_dates names load, which is no stream of RTE's."
    )


def test_what_is_right_is_not_refused_and_a_check_can_say_no() -> None:
    refuse(None)
    assert (failed("No.").status, failed("No.").message) == (Status.FAILED, "No.")


SPEC = {
    "type": "object",
    "required": ["start_date"],
    "properties": {
        "start_date": {"type": "string", "pattern": "^[0-9-]+$"},
        "key": {"type": "string", "minLength": 20, "airbyte_secret": True},
        "advanced": {"type": "object", "properties": {"days": {"type": "integer"}}},
    },
}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "'start_date' is a required property"),
        ({"start_date": "soon"}, "at start_date: 'soon' does not match"),
        ({"start_date": "2026-01-01", "advanced": {"days": "7"}}, "at advanced.days: '7' is not of type 'integer'"),
        ({"start_date": "2026-01-01", "key": "a-secret"}, "at key: is not of the expected form"),
    ],
)
def test_what_the_form_does_not_allow_is_named_with_its_field(config: dict[str, Any], said: str) -> None:
    wrong = wrong_by_spec(config, SPEC)
    assert wrong
    assert said in wrong
    assert "a-secret" not in wrong


def test_a_field_left_empty_is_as_if_it_were_not_there() -> None:
    config = without_nulls({"start_date": "2026-01-01", "key": None, "advanced": {"days": None, "list": [1, 0]}})
    assert config == {"start_date": "2026-01-01", "advanced": {"list": [1, 0]}}
    assert wrong_by_spec(config, SPEC) is None
