"""The source: configuration in, streams out, and a check that tells which APIs are subscribed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteConnectionStatus, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import advanced, end_day, failed, refuse, start_day, wrong_days, wrong_names
from connector_kit.entrypoint import launch
from connector_kit.http import Refusal
from connector_kit.prefetch import prefetch
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Stream

from source_rte.api import RteApi
from source_rte.resource import Resource
from source_rte.resources import API_NAMES, RESOURCES
from source_rte.stream import RteStream

PROBES_AHEAD = 4


class SourceRte(StreamSource):
    """Every public API of data.rte-france.com: load, generation, outages, borders, balancing, prices, signals."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep``: how to wait (seconds) before a call is tried again."""
        self._sleep = sleep

    @property
    def descriptions(self) -> Sequence[Description]:
        return [resource.description for resource in RESOURCES]

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The streams whose shape is known; all of them where ``advanced.unverified_streams`` is on."""
        wanted = [resource for resource in RESOURCES if resource.verified or advanced(config).get("unverified_streams")]
        return AirbyteCatalog(streams=[resource.description.airbyte_stream() for resource in wanted])

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        refuse(wrong_config(config))
        api = self._api(config)
        return {
            resource.stream: RteStream(
                resource,
                api,
                start_day=start_day(config, resource.stream),
                end_day=end_day(config),
                look_back_days=config.get("look_back_days"),
            )
            for resource in RESOURCES
        }

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Succeeds where the key is good for at least one API; the log tells of each whether it is."""
        if wrong := wrong_config(config):
            return failed(wrong)
        api = self._api(config)
        try:
            api.sign_in()
        except AirbyteTracedException as refused:
            return failed(str(refused.message))
        probes = _one_of_each_api(_wanted(config))
        refusals: dict[str, Refusal] = {}
        for resource, refusal in prefetch(probes, api.refusal, depth=PROBES_AHEAD):
            name = API_NAMES[resource.api_version]
            if refusal is None:
                logger.info(f"RTE {name}: subscribed")
            else:
                refusals[name] = refusal
                logger.warning(str(refusal.message))
        if len(refusals) == len(probes):
            advice = dict.fromkeys(str(refusal.message).partition(": ")[2] for refusal in refusals.values())
            return failed(f"None of RTE's {len(probes)} APIs answers this key. {' '.join(advice)}")
        answering = f"{len(probes) - len(refusals)} of RTE's {len(probes)} APIs answer this key"
        closed = [name for name, refusal in refusals.items() if refusal.status == 403]
        silent = [name for name in refusals if name not in closed]
        parts = [answering, *_listed("not subscribed", closed), *_listed("no answer", silent)]
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=f"{'; '.join(parts)}.")

    def _api(self, config: Mapping[str, Any]) -> RteApi:
        return RteApi((str(config["client_id"]), str(config["client_secret"])), advanced(config), self._sleep)


def _wanted(config: Mapping[str, Any]) -> list[Resource]:
    """The resources whose shape is known; all of them where the configuration says so."""
    return [resource for resource in RESOURCES if resource.verified or advanced(config).get("unverified_streams")]


def _one_of_each_api(resources: Sequence[Resource]) -> list[Resource]:
    """The first resource of each API."""
    return list({resource.api_version: resource for resource in reversed(resources)}.values())[::-1]


def wrong_config(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the days and the streams named in the configuration, or None."""
    known = [resource.stream for resource in RESOURCES]
    names = (wrong_names(config, option, known, "RTE's") for option in ("stream_start_dates", "paths"))
    return next((wrong for wrong in names if wrong), None) or wrong_days(config)


def _listed(what: str, names: Sequence[str]) -> list[str]:
    return [f"{what}: {', '.join(names)}"] if names else []


def main() -> None:
    """The console script ``source-rte``."""
    launch(SourceRte())
