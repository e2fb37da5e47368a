"""Chance that can be looked up: the same words give the same number, in any order, at any time."""

from __future__ import annotations

import math
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from uuid import UUID

__all__ = ["drift", "pick", "share", "uuid_of"]

_WHOLE: Final = 2**64


def _word(*parts: object) -> int:
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def share(*parts: object) -> float:
    """A number in [0, 1)."""
    return _word(*parts) / _WHOLE


def pick(low: int, high: int, *parts: object) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + _word(*parts) % (high - low + 1)


@lru_cache(maxsize=100_000)
def _knot(place: int, period: float, *parts: object) -> float:
    """Where a path stands at a multiple of its period; many moments lie between the same two."""
    return 2 * share(*parts, period, place) - 1


def drift(moment: float, period: float, *parts: object) -> float:
    """A smooth path over time in [-1, 1] that changes direction about once a ``period`` of seconds."""
    place = moment / period
    before = math.floor(place)
    rest = place - before
    blend = rest * rest * (3 - 2 * rest)
    first, second = _knot(before, period, *parts), _knot(before + 1, period, *parts)
    return first + (second - first) * blend


def uuid_of(*parts: object) -> str:
    """An id in the shape of a random UUID."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))
