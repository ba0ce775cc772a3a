"""The source: configuration in, streams out, and a check that names the data sets that do not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteConnectionStatus, Status
from airbyte_cdk.utils import AirbyteTracedException
from connector_kit.config import advanced, end_day, failed, refuse, start_day, wrong_days, wrong_names
from connector_kit.entrypoint import launch
from connector_kit.http import Refusal
from connector_kit.prefetch import prefetch
from connector_kit.source import StreamSource
from connector_kit.streams import Description, Stream

from source_opendatasoft.dataset import Dataset
from source_opendatasoft.described import dataset_of, stream_name
from source_opendatasoft.portal import Portal
from source_opendatasoft.presets import PRESETS
from source_opendatasoft.stream import PortalStream, blamed

PROBES_AHEAD = 4
CHECK_ATTEMPTS = 2

Resolve = Callable[[], Dataset]


class SourceOpendatasoft(StreamSource):
    """Data sets of one Opendatasoft portal: those described here, and any other by its own description."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep``: how to wait (seconds) before a call is tried again."""
        self._sleep = sleep

    @property
    def descriptions(self) -> Sequence[Description]:
        """The streams that are described here, of all portals."""
        return [dataset.description for datasets in PRESETS.values() for dataset in datasets]

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The portal's streams that are described here, without a call, and the configured ones as the portal tells."""
        refuse(wrong_config(config))
        resolvers = self._resolvers(self._portal(config), config)
        return AirbyteCatalog(streams=[resolve().description.airbyte_stream() for resolve in resolvers.values()])

    def streams(self, config: Mapping[str, Any]) -> Mapping[str, Stream]:
        refuse(wrong_config(config))
        portal = self._portal(config)
        return {
            name: PortalStream(
                name,
                portal,
                resolve,
                start_day=start_day(config, name),
                end_day=end_day(config),
                look_back_days=advanced(config).get("look_back_days"),
            )
            for name, resolve in self._resolvers(portal, config).items()
        }

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Asks for the description of the portal's first preset and of every configured data set; names what fails."""
        if wrong := wrong_config(config):
            return failed(wrong)
        portal = self._portal(config)
        probes: list[Callable[[], Any]] = [
            *(partial(_seen, portal, preset) for preset in presets_of(config)[:1]),
            *(partial(_described, portal, wanted, CHECK_ATTEMPTS) for wanted in datasets_of(config)),
        ]
        problems = [problem for _, problem in prefetch(probes, _problem, depth=PROBES_AHEAD) if problem]
        for problem in problems:
            logger.warning(problem)
        if problems:
            return failed(" ".join(dict.fromkeys(problems)))
        asked = "1 data set" if len(probes) == 1 else f"{len(probes)} data sets"
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=f"{portal.domain} answers, {asked} asked.")

    def _portal(self, config: Mapping[str, Any]) -> Portal:
        return Portal(domain_of(config), str(config.get("api_key") or ""), advanced(config), self._sleep)

    def _resolvers(self, portal: Portal, config: Mapping[str, Any]) -> Mapping[str, Resolve]:
        """How to get at the data set of each stream: it is there, or the portal is asked for it when it is needed."""
        return {
            **{preset.name: partial(_itself, preset) for preset in presets_of(config)},
            **{stream_name(wanted): partial(_described, portal, wanted) for wanted in datasets_of(config)},
        }


def _itself(preset: Dataset) -> Dataset:
    return preset


def _seen(portal: Portal, preset: Dataset) -> Mapping[str, Any]:
    """The portal's description of a data set that is described here too."""
    try:
        return portal.document(preset.dataset, CHECK_ATTEMPTS)
    except Refusal as refused:
        raise blamed(refused, preset) from refused


def _described(portal: Portal, wanted: Mapping[str, Any], attempts: int | None = None) -> Dataset:
    return dataset_of(portal.document(wanted["dataset"], attempts), wanted)


def _problem(probe: Callable[[], Any]) -> str | None:
    try:
        probe()
    except AirbyteTracedException as refused:
        return str(refused.message)
    return None


def domain_of(config: Mapping[str, Any]) -> str:
    """The portal's host name, also of an address that somebody copied from the browser."""
    written = str(config.get("domain") or "").strip().lower()
    return written.partition("://")[2].partition("/")[0] if "://" in written else written.partition("/")[0]


def presets_of(config: Mapping[str, Any]) -> Sequence[Dataset]:
    """The data sets of the portal that are described here."""
    return PRESETS.get(domain_of(config), ())


def datasets_of(config: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The data sets that the configuration names beside them."""
    return config.get("datasets") or ()


def wrong_config(config: Mapping[str, Any]) -> str | None:
    """What is wrong with the configuration, or None."""
    if not domain_of(config):
        return "domain is missing: write the portal's host name, like odre.opendatasoft.com."
    if not presets_of(config) and not datasets_of(config):
        return f"No data set of {domain_of(config)} is described here: name those to read under 'datasets'."
    names = [preset.name for preset in presets_of(config)]
    for wanted in datasets_of(config):
        if stream_name(wanted) in names:
            return (
                f"Two streams are called {stream_name(wanted)}: give {wanted['dataset']} another name under 'stream'."
            )
        names.append(stream_name(wanted))
    return wrong_names(config, "stream_start_dates", names, domain_of(config)) or wrong_days(config)


def main() -> None:
    """The console script ``source-opendatasoft``."""
    launch(SourceOpendatasoft())
