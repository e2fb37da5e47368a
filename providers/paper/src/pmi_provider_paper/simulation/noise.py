"""Chance that can be asked twice: every draw is a function of a key and of integers.

Nothing here has state, so a moment can be computed without computing the moments before it.
Hidden values are binary floats on purpose: they are opinions of the simulation, not prices; a
price is picked from a market's exact grid by :mod:`pmi_provider_paper.simulation.ladder`.
"""

from __future__ import annotations

from hashlib import blake2b
from statistics import NormalDist
from typing import Final

__all__ = ["Path", "key_of", "phi", "share", "word"]

_MASK: Final = (1 << 64) - 1
_NORMAL: Final = NormalDist()
_FULL: Final = 60_000


def key_of(*parts: object) -> int:
    """A 64-bit key of a name, the same in every process and on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _mix(value: int) -> int:
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def word(key: int, number: int, salt: int = 0) -> int:
    """Sixty-four evenly distributed bits that belong to ``key``, ``number`` and ``salt``."""
    return _mix(key ^ _mix(((number & _MASK) * 0xD1342543DE82EF95 + salt * 0x2545F4914F6CDD1D) & _MASK))


def share(key: int, number: int, salt: int = 0) -> float:
    """An evenly distributed share, strictly between 0 and 1."""
    return ((word(key, number, salt) >> 12) + 0.5) * 2.0**-52


def phi(value: float) -> float:
    """The standard normal distribution function."""
    return _NORMAL.cdf(value)


def _normal(key: int, number: int) -> float:
    return _NORMAL.inv_cdf(share(key, number))


class Path:
    """A Wiener path over [0, 1] from 0, readable at any moment in any order.

    Built by halving: the middle of an interval is its ends' mean and one draw that belongs to
    that interval.  The middles that were needed are kept while there is room.
    """

    __slots__ = ("_depth", "_key", "_known", "_last")

    def __init__(self, key: int, depth: int) -> None:
        self._key = key
        self._depth = depth
        self._last = _normal(key, 1)
        self._known: dict[int, float] = {}

    @property
    def end(self) -> float:
        """Where the path arrives."""
        return self._last

    def at(self, moment: float) -> float:
        """The path's value at a share of its length; before it 0, after it the end."""
        if moment <= 0.0:
            return 0.0
        if moment >= 1.0:
            return self._last
        known, key = self._known, self._key
        low, high = 0.0, self._last
        node, width, start = 1, 1.0, 0.0
        for _ in range(self._depth):
            middle = known.get(node)
            if middle is None:
                middle = (low + high) / 2 + _normal(key, node + 1) * width**0.5 / 2
                if len(known) >= _FULL:
                    known.clear()
                known[node] = middle
            width /= 2
            node *= 2
            if moment < start + width:
                high = middle
            else:
                low, start, node = middle, start + width, node + 1
        return low + (high - low) * (moment - start) / width
