"""RTE's quotas by the simulated clock, and the sandbox twins, which have none."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from simulator.rte.api import RESOURCES
from simulator.rte.quotas import PUBLISHED, QuotaError, Quotas, parse
from simulator.testing import RteClient, SimulatorUrl, running_simulator

NOW = "2026-11-21T12:00:00Z"

PRICES = "wholesale_market/v3/france_power_exchanges"
TWICE_A_MINUTE = {"calls": 2, "seconds": 60}


def statuses(rte: RteClient, path: str, calls: int) -> list[int]:
    return [rte.get(path).status_code for _ in range(calls)]


def test_the_published_quotas_are_on_by_default(url: SimulatorUrl) -> None:
    listed = requests.get(f"{url}/simulator/quotas", timeout=10).json()
    assert listed["ecowatt"] == {"calls": 1, "seconds": 900}
    assert listed["unavailability_additional_information"] == {"calls": 20, "seconds": 3600}
    assert set(listed) == set(PUBLISHED)


def test_too_many_calls_wait_for_retry_after(rte: RteClient) -> None:
    rte.url.set_quotas(wholesale_market=TWICE_A_MINUTE)
    assert statuses(rte, PRICES, 1) == [200]
    rte.url.advance(20)
    assert statuses(rte, PRICES, 2) == [200, 429]
    assert rte.get(PRICES).headers["Retry-After"] == "40", "until the oldest call is a minute old"
    rte.url.advance(39)
    assert statuses(rte, PRICES, 1) == [429]
    rte.url.advance(1)
    assert statuses(rte, PRICES, 2) == [200, 429], "refused calls don't count"


def test_a_quota_is_of_one_api_all_versions_and_resources(rte: RteClient) -> None:
    rte.url.set_quotas(consumption={"calls": 3, "seconds": 60})
    paths = ("consumption/v9/short_term", "consumption/v1/nothing", "consumption/v1/short_term")
    assert [rte.get(path).status_code for path in paths] == [403, 404, 200]
    assert [rte.get(path).status_code for path in paths] == [429] * 3, "the quota is looked at before the rest"
    assert statuses(rte, PRICES, 3) == [200] * 3


def test_calls_without_a_token_are_no_calls(rte: RteClient) -> None:
    rte.url.set_quotas(wholesale_market={"calls": 1, "seconds": 60})
    assert statuses(RteClient(rte.url, "stale"), PRICES, 2) == [401, 401]
    assert statuses(rte, PRICES, 2) == [200, 429]
    assert statuses(RteClient(rte.url, "stale"), PRICES, 1) == [401], "the token comes before the quota"


def test_faults_come_before_quotas(rte: RteClient) -> None:
    rte.url.set_quotas(wholesale_market={"calls": 1, "seconds": 60})
    rte.url.set_faults({"kind": 503, "first_n": 1})
    assert statuses(rte, PRICES, 3) == [503, 200, 429]


def test_quotas_over_http(rte: RteClient) -> None:
    admin = f"{rte.url}/simulator/quotas"
    one = {"wholesale_market": {"calls": 1, "seconds": 60}}
    assert requests.post(admin, json=one, timeout=10).json() == one
    assert statuses(rte, PRICES, 2) == [200, 429]
    assert requests.post(admin, json={}, timeout=10).json() == {}
    assert statuses(rte, PRICES, 2) == [200, 200]


@pytest.mark.parametrize(
    "wrong",
    [[], "off", {"ecowatt": 3}, {"ecowatt": {"calls": 1}}, {"ecowatt": {"calls": 0, "seconds": 60}},
     {"ecowatt": {"calls": True, "seconds": 60}}, {"ecowatt": {"calls": 1, "seconds": 60, "colour": 1}}],
)  # fmt: skip
def test_quotas_that_make_no_sense_are_refused(shared_url: SimulatorUrl, wrong: Any) -> None:
    with pytest.raises(QuotaError):
        parse(wrong)
    admin = f"{shared_url}/simulator/quotas"
    before = requests.get(admin, timeout=10).json()
    assert requests.post(admin, json=wrong, timeout=10).status_code == 400
    assert requests.get(admin, timeout=10).json() == before


def test_quotas_from_the_start() -> None:
    with running_simulator(now=NOW, quotas={}) as url:
        assert requests.get(f"{url}/simulator/quotas", timeout=10).json() == {}


def test_a_clock_set_back_does_not_lock_out() -> None:
    quotas = Quotas({"ecowatt": {"calls": 1, "seconds": 900}})
    assert quotas.wait("ecowatt", 10_000) is None
    assert quotas.wait("ecowatt", 10_000) == 900
    assert quotas.wait("ecowatt", 500) is None


# --- the sandbox


def sandbox(path: str) -> str:
    api, version, resource = path.split("/")
    return f"{api}/{version}/sandbox/{resource}"


def test_the_sandbox_ignores_what_is_asked(rte: RteClient) -> None:
    path = sandbox("consumption/v1/short_term")
    plain = rte.get(path)
    assert plain.status_code == 200
    assert {value["start_date"][:7] for block in plain.json()["short_term"] for value in block["values"]} == {"2022-06"}
    assert rte.get(path, start_date="nonsense", type="NONE").json() == plain.json()
    rte.url.advance(40 * 86400)
    with_new_token = requests.post(f"{rte.url}/token/oauth/", auth=("id", "secret"), timeout=10).json()["access_token"]
    assert RteClient(rte.url, with_new_token).get(path).json() == plain.json()


def test_the_sandbox_has_no_quota(rte: RteClient) -> None:
    rte.url.set_quotas(wholesale_market={"calls": 1, "seconds": 60})
    assert statuses(rte, sandbox(PRICES), 3) == [200] * 3
    assert statuses(rte, PRICES, 2) == [200, 429]
    assert statuses(rte, sandbox(PRICES), 1) == [200]


def test_the_sandbox_refuses_as_the_real_one(shared_rte: RteClient) -> None:
    assert RteClient(shared_rte.url, "stale").get(sandbox(PRICES)).status_code == 401
    assert shared_rte.get(sandbox("wholesale_market/v2/france_power_exchanges")).status_code == 403
    assert shared_rte.get(sandbox("wholesale_market/v3/nothing")).status_code == 404


def test_a_fault_of_an_api_meets_its_sandbox_too(rte: RteClient) -> None:
    rte.url.set_faults({"match": "/wholesale_market/v3/", "kind": 403})
    assert statuses(rte, sandbox(PRICES), 1) == [403]
    assert rte.get(sandbox("consumption/v1/short_term")).status_code == 200


@pytest.mark.parametrize("path", RESOURCES, ids="/".join)
def test_every_resource_has_a_small_sandbox(shared_rte: RteClient, path: tuple[str, str, str]) -> None:
    answer = shared_rte.get(sandbox("/".join(path)))
    assert answer.status_code == 200, answer.text
    assert 2 < len(answer.content) < 1_500_000
    assert answer.json()
