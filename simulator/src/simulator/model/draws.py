"""Noise by number: a pure function of seed, name and number, for any part of time alone.

The noise of `grid` is drawn from the beginning of time. Details that are served by unit, by offer or every four seconds
would take too long that way; here a window costs what the window holds.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from scipy.special import ndtri  # type: ignore[import-untyped]

from simulator.model.grid import Floats
from simulator.paris import Ints

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_BLEND = 1.16
"""A blend of two neighbours varies less than each of them; this makes up for it."""


def uniform(seed: int, name: str, number: Ints) -> Floats:
    """Between 0 and 1, both excluded; independent from one number to the next. The shape of `number`."""
    mixed = np.asarray(number).astype(np.uint64) * _GOLDEN + _key(seed, name)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray(((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def normal(seed: int, name: str, number: Ints) -> Floats:
    """Mean 0 and deviation 1, independent from one number to the next."""
    return np.asarray(ndtri(uniform(seed, name, number)))


def smooth(seed: int, name: str, number: Ints | Floats, spacing: float) -> Floats:
    """Mean 0 and deviation about 1; a curve through independent values that stand `spacing` numbers apart."""
    place = np.asarray(number, dtype=np.float64) / spacing
    before = np.floor(place).astype(np.int64)
    if not before.size:
        return np.zeros(0)
    low = int(before.min())
    posts = normal(seed, name, np.arange(low, int(before.max()) + 2, dtype=np.int64))
    along = place - before
    weight = along * along * (3 - 2 * along)
    left, right = posts[before - low], posts[before - low + 1]
    return np.asarray(_BLEND * (left + weight * (right - left)))


@lru_cache(maxsize=4096)
def _key(seed: int, name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "little"))
