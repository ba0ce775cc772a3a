"""Open-Meteo's answers become records: real ones recorded from the service, and the shapes it can take."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.utils import AirbyteTracedException
from source_weather.answers import records_of
from source_weather.points import POINTS, Point

REAL = Path(__file__).parents[3] / "shared" / "real" / "open-meteo"
VARIABLES = ["temperature_2m", "cloud_cover"]
PARIS, EVRY = POINTS[0], POINTS[1]
FETCHED = "2026-03-20T11:40:00Z"


def place(times: list[str], offset: int = 0, **columns: list[Any]) -> dict[str, Any]:
    return {
        "latitude": 48.84,
        "longitude": 2.36,
        "utc_offset_seconds": offset,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "cloud_cover": "%"},
        "hourly": {"time": times, "temperature_2m": [1.0] * len(times), "cloud_cover": [50] * len(times), **columns},
    }


HOURS = ["2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T02:00"]


def test_one_place_is_an_object_and_several_an_array() -> None:
    assert len(records_of(place(HOURS), [PARIS], VARIABLES, FETCHED)) == 3
    assert len(records_of([place(HOURS), place(HOURS)], [PARIS, EVRY], VARIABLES, FETCHED)) == 6


def test_places_are_known_by_their_order_and_not_by_the_coordinates_of_the_cell() -> None:
    records = records_of([place(HOURS), place(HOURS)], [PARIS, EVRY], VARIABLES, FETCHED)
    assert [record["point_id"] for record in records] == ["paris"] * 3 + ["evry"] * 3


def test_the_fixed_offset_of_the_answer_makes_labels_instants() -> None:
    first = records_of(place(HOURS, offset=7200), [PARIS], VARIABLES, FETCHED)[0]
    assert first["time"] == "2026-03-28T22:00:00Z"


def test_nulls_stay_nulls() -> None:
    records = records_of(place(HOURS, temperature_2m=[None, 2.0, None]), [PARIS], VARIABLES, FETCHED)
    assert [record["temperature_2m"] for record in records] == [None, 2.0, None]


@pytest.mark.parametrize(
    "broken",
    [
        place(HOURS, temperature_2m=[1.0]),
        {**place(HOURS), "hourly_units": {"temperature_2m": "°F", "cloud_cover": "%"}},
        {"error": True, "reason": "?"},
        [place(HOURS), place(HOURS)],
        "text",
    ],
)
def test_an_unexpected_shape_or_unit_is_one_clear_sentence(broken: Any) -> None:
    with pytest.raises(AirbyteTracedException, match="has not the expected shape"):
        records_of(broken, [PARIS], VARIABLES, FETCHED)


def test_the_weights_of_a_region_add_up_to_one() -> None:
    regions = {point.region_code for point in POINTS}
    assert len(regions) == 13
    for region in regions:
        assert math.isclose(sum(p.region_weight for p in POINTS if p.region_code == region), 1.0)


def real(name: str) -> Any:
    path = REAL / name
    if not path.exists():
        if os.environ.get("HEXAWATT_REAL_DATA") == "required":
            pytest.fail(f"the recorded answer {name} is required and absent")
        pytest.skip("the recorded answers are not beside this checkout")
    return json.loads(path.read_text())


@pytest.mark.parametrize(
    "name", ["forecast_paris_fetched-2026-03-20T1140Z.json", "forecast_paris_fetched-2026-03-20T1319Z.json"]
)
def test_a_recorded_forecast_becomes_records_without_loss(name: str) -> None:
    answer = real(name)
    variables = [name for name in ("temperature_2m", "cloud_cover", "precipitation") if name in answer["hourly"]]
    records = records_of(answer, [Point("paris", "11", 48.86, 2.35, 1.0)], variables, FETCHED)
    assert [record["temperature_2m"] for record in records] == answer["hourly"]["temperature_2m"]
    assert len({record["time"] for record in records}) == len(answer["hourly"]["time"])
    # The answer is in local time one hour ahead of UTC.
    assert (answer["utc_offset_seconds"], answer["hourly"]["time"][1][-5:]) == (3600, "01:00")
    assert records[1]["time"].endswith("T00:00:00Z")


def test_a_recorded_answer_in_another_unit_is_refused_rather_than_taken_for_ours() -> None:
    answer = real("forecast_paris_fetched-2026-03-20T1140Z.json")
    assert answer["hourly_units"]["wind_speed_100m"] == "km/h"
    with pytest.raises(AirbyteTracedException, match="wind_speed_100m in km/h, not m/s"):
        records_of(answer, [PARIS], ["wind_speed_100m"], FETCHED)
