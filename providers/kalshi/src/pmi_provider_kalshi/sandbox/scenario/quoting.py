"""What the house's market maker quotes: a ladder around the fair price, always the same at a moment."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pmi_core.models import RangesGrid
from pmi_core.numbers import Rounding
from pmi_provider_kalshi.sandbox.noise import pick, share

__all__ = ["DEPTH", "Ladder", "ladder"]

DEPTH = 5
_EVERY = 20
"""Seconds after which sizes are drawn anew."""


class Ladder(NamedTuple):
    """Price levels in YES terms as price to size, best first."""

    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]


def ladder(
    seed: int, ticker: str, chance: float, structure: RangesGrid, when: datetime, depth: int = DEPTH
) -> Ladder:
    """The maker's orders at a fair price."""
    fair = Decimal(round(chance * 10_000)) / 10_000
    half = Decimal(1 + int(2 * share(seed, "spread", ticker))) / 100
    if min(fair, 1 - fair) < Decimal("0.1"):
        half /= 2
    age = int(when.timestamp()) // _EVERY
    return Ladder(
        _side(seed, ticker, structure, fair - half, Rounding.FLOOR, age, depth),
        _side(seed, ticker, structure, fair + half, Rounding.CEILING, age, depth),
    )


def _side(
    seed: int, ticker: str, grid: RangesGrid, first: Decimal, towards: Rounding, age: int, depth: int
) -> tuple[tuple[Decimal, Decimal], ...]:
    levels = []
    price = grid.snap(first, towards=towards)
    down = towards is Rounding.FLOOR
    gap = Decimal("0.01")
    for place in range(depth):
        if price is None:
            break
        size = pick(40, 400, seed, "size", ticker, age + place, down) * (1 + place)
        if share(seed, "fraction", ticker, place, down) < 0.2:
            levels.append((price, Decimal(size) + Decimal(pick(1, 99, seed, ticker, age, place)) / 100))
        else:
            levels.append((price, Decimal(size)))
        following = price - gap if down else price + gap
        price = grid.snap(following, towards=towards) if 0 < following < 1 else None
    return tuple(levels)
