"""The assets of this room as data: read from ``assets/``, filled with what the machine decides, and fingerprinted.

Needs PyYAML only, so that a check of the assets doesn't need Superset.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

import yaml

ROOM = Path(__file__).absolute().parent
ASSETS = ROOM / "assets"
WAREHOUSE = "databases/warehouse.yaml"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "hexawatt")
PARIS = ZoneInfo("Europe/Paris")

# The same as safe_load, ten times as fast where PyYAML was built with its library.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Asset = dict[str, Any]


class BundleError(Exception):
    """The assets can't be used; the message says which file and what to do."""


@dataclass(frozen=True)
class Bundle:
    """Asset files by their path below ``assets/``, as text and as read from YAML."""

    texts: Mapping[str, str]
    assets: Mapping[str, Asset]

    def of(self, kind: str) -> Iterator[tuple[str, Asset]]:
        """Yield path and asset of each file below ``kind`` ("databases", "datasets", "charts" or "dashboards")."""
        return ((path, asset) for path, asset in self.assets.items() if path.startswith(f"{kind}/"))


def stable_uuid(path: str) -> str:
    """Return the uuid of the asset kept in this file: made from its path, so that it never changes by itself."""
    return str(uuid.uuid5(NAMESPACE, path))


def read_bundle(folder: Path = ASSETS) -> Bundle:
    """Read all YAML files below ``folder``. Raise BundleError for a file that isn't a YAML mapping."""
    texts = {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in sorted(folder.rglob("*.yaml"))}
    if not texts:
        raise BundleError(f"{folder} holds no assets")
    return Bundle(texts, {path: _parse(path, text) for path, text in texts.items()})


def filled(bundle: Bundle, values: Mapping[str, str], now: str | None = None) -> Bundle:
    """Return the bundle with ``${NAME}`` in its databases replaced, and today and now where the house's are pinned.

    ``now`` is HEXAWATT_NOW (an ISO instant): dashboards then open on the days around it, as the data do.
    """
    texts = dict(bundle.texts)
    for path, asset in bundle.of("databases"):
        texts[path] = yaml.safe_dump(_substitute(path, asset, values), sort_keys=False, allow_unicode=True)
    if now:
        for path, asset in bundle.assets.items():
            if any(word in bundle.texts[path] for word in ("DATETIME(", "CURRENT_DATE", "CURRENT_TIMESTAMP")):
                texts[path] = yaml.safe_dump(pinned(asset, now), sort_keys=False, allow_unicode=True)
    assets = {
        path: bundle.assets[path] if text == bundle.texts[path] else _parse(path, text) for path, text in texts.items()
    }
    return Bundle(texts, assets)


def pinned(value: Any, now: str | None) -> Any:
    """Return ``value`` (texts, lists and dicts of them) with today and now as they are at ``now``, if it is given."""
    return _replaced(value, _pinned_words(now)) if now else value


def with_warehouse(bundle: Bundle, file: Path) -> Bundle:
    """Return the bundle with its database taken from another file (same name and uuid, another engine)."""
    text = file.read_text("utf-8")
    return Bundle({**bundle.texts, WAREHOUSE: text}, {**bundle.assets, WAREHOUSE: _parse(file.name, text)})


def fingerprint(key: str, *parts: str) -> str:
    """Return a keyed hash of ``parts``: it may stand in a file though a password is among them."""
    digest = hmac.new(key.encode(), digestmod=hashlib.sha256)
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def environment_values(serving_file: Path) -> dict[str, str]:
    """Return what ``${NAME}`` in a database file may name: the environment, and the served file's place."""
    return {**os.environ, "HEXAWATT_SERVING_FILE": str(serving_file)}


def _parse(path: str, text: str) -> Asset:
    try:
        asset = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise BundleError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(asset, dict):
        raise BundleError(f"{path} is not a YAML mapping")
    return asset


def _substitute(path: str, value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _substitute(path, item, values) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    try:
        return Template(value).substitute(values)
    except KeyError as missing:
        raise BundleError(f"{path} needs {missing.args[0]}: set it in the environment") from None
    except ValueError:
        raise BundleError(f"{path} holds a '$' that is no ${{NAME}}: {value}") from None


def _pinned_words(now: str) -> dict[str, str]:
    """What charts, computed columns and alerts call today and now, and what stands for it: Paris time."""
    try:
        instant = datetime.fromisoformat(now)
    except ValueError:
        raise BundleError(f"HEXAWATT_NOW must be an ISO instant such as 2026-01-31T09:00:00Z, not {now!r}") from None
    here = (instant if instant.tzinfo else instant.replace(tzinfo=PARIS)).astimezone(PARIS)
    day = here.date().isoformat()
    return {
        "DATETIME('today')": f"DATETIME('{day}')",
        "DATETIME('now')": f"DATETIME('{here:%Y-%m-%dT%H:%M:%S}')",
        "CURRENT_DATE": f"CAST('{day}' AS DATE)",
        "CURRENT_TIMESTAMP": f"CAST('{here.isoformat()}' AS TIMESTAMP WITH TIME ZONE)",
    }


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, words) for item in value]
    if isinstance(value, str):
        for word, instant in words.items():
            value = value.replace(word, instant)
    return value
