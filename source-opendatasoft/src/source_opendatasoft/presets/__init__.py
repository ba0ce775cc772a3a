"""Portals whose data sets are described here, by their address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from source_opendatasoft.dataset import Dataset
from source_opendatasoft.presets import odre, paris

PRESETS: Mapping[str, Sequence[Dataset]] = {
    "odre.opendatasoft.com": odre.DATASETS,
    "opendata.reseaux-energies.fr": odre.DATASETS,  # an older address of the same portal
    "opendata.paris.fr": paris.DATASETS,
}
