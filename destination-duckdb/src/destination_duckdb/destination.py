"""The destination as the Airbyte CDK knows it. `spec` and `check` run through it; `write` is the same engine
as the console script's, so the CDK's own test suites apply."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConnectorSpecification,
    ConnectorSpecificationSerializer,
    Status,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException, FailureType

from destination_duckdb.catalog import parse_catalog
from destination_duckdb.config import parse_config
from destination_duckdb.errors import UserError
from destination_duckdb.warehouse import Warehouse
from destination_duckdb.writer import write

SPEC_FILE = Path(__file__).with_name("spec.json")


class DestinationDuckdb(Destination):
    """Airbyte destination for one DuckDB file."""

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        return ConnectorSpecificationSerializer.load(orjson.loads(SPEC_FILE.read_bytes()))

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        try:
            warehouse = Warehouse(parse_config(config), logger.info)
            try:
                warehouse.probe()
            finally:
                warehouse.close()
        except UserError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def write(
        self,
        config: Mapping[str, Any],
        configured_catalog: ConfiguredAirbyteCatalog,
        input_messages: Iterable[AirbyteMessage],
    ) -> Iterator[AirbyteMessage]:
        """Messages in, messages out, for callers inside Python; the console script reads bytes instead."""
        settings = parse_config(config)
        streams = parse_catalog(ConfiguredAirbyteCatalogSerializer.dump(configured_catalog), settings.schema)
        lines = (orjson.dumps(AirbyteMessageSerializer.dump(message)) + b"\n" for message in input_messages)
        emitted: list[bytes] = []
        failure: AirbyteTracedException | None = None
        try:
            write(settings, streams, lines, emitted.append, logging.getLogger("airbyte").info)
        except UserError as error:
            failure = AirbyteTracedException(
                message=str(error), internal_message=error.detail, failure_type=FailureType(error.kind)
            )
        for line in emitted:
            yield AirbyteMessageSerializer.load(orjson.loads(line))
        if failure:
            raise failure
