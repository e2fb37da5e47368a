"""What the simulated makers quote: rungs on the market's exact price grid."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from pmi_core.models import PriceRange, RangesGrid, cent_grid
from pmi_core.numbers import ONE, ZERO
from pmi_provider_paper.catalogue.plans import Grid, SeriesPlan
from pmi_provider_paper.simulation.noise import share, word

__all__ = ["GridTable", "Ladder", "Rung", "grid_table", "half_spread", "quote"]

_RUNGS: Final = 7
_EPOCH: Final = 24
"""Steps that a rung's order stands before its maker thinks again."""
_CENT: Final = Decimal("0.01")
_MILL: Final = Decimal("0.001")
_TEN: Final = Decimal("0.10")
_NINETY: Final = Decimal("0.90")
_GAP: Final = 0.15


@dataclass(frozen=True, slots=True)
class GridTable:
    """A price grid with all its prices, ascending."""

    model: RangesGrid
    prices: tuple[Decimal, ...]
    mills: tuple[int, ...]
    """The same in thousandths."""
    places: tuple[float, ...]
    """The same as the members' opinions are."""

    def at_most(self, value: float) -> int:
        """Place of the highest price that is not above ``value``; -1 where there is none."""
        return bisect_right(self.places, value) - 1

    def at_least(self, value: float) -> int:
        """Place of the lowest price that is not below ``value``."""
        return bisect_left(self.places, value)


@cache
def grid_table(grid: Grid) -> GridTable:
    """The prices of one kind of grid."""
    if grid is Grid.CENT:
        model = cent_grid()
    elif grid is Grid.DECI_CENT:
        model = RangesGrid(ranges=(PriceRange(start=ZERO, end=ONE, step=_MILL),))
    else:
        model = RangesGrid(
            ranges=(
                PriceRange(start=ZERO, end=_TEN, step=_MILL),
                PriceRange(start=_TEN, end=_NINETY, step=_CENT),
                PriceRange(start=_NINETY, end=ONE, step=_MILL),
            )
        )
    mills = tuple(mill for mill in range(1, 1000) if model.contains(Decimal(mill) / 1000))
    return GridTable(
        model=model,
        prices=tuple(Decimal(mill) / 1000 for mill in mills),
        mills=mills,
        places=tuple(mill / 1000 for mill in mills),
    )


class Rung(NamedTuple):
    """One maker's order."""

    price: Decimal
    size: Decimal
    stamp: int
    """The same stamp at the same price means the same order, still standing."""


class Ladder(NamedTuple):
    """All that the simulated makers quote in one market, best first."""

    bids: tuple[Rung, ...]
    asks: tuple[Rung, ...]


def _size(series: SeriesPlan, key: int, place: int, stamp: int) -> Decimal:
    typical = max(series.activity // 3, 8)
    units = max(1, round(typical * (0.3 + 1.4 * share(key, stamp, place + 7))))
    if series.size_step < 1:
        units = units * 10 + word(key, stamp, place + 11) % 10
        return Decimal(units) / 10 if series.size_step <= _TEN else Decimal(units)
    return Decimal(units)


def _rungs(
    series: SeriesPlan, key: int, table: GridTable, best: int, count: int, *, down: bool, step: int
) -> tuple[Rung, ...]:
    found: list[Rung] = []
    place, last = best, len(table.prices) - 1
    side = 0 if down else 1 << 20
    while 0 <= place <= last and len(found) < count:
        name = place + side
        stamp = (step + word(key, name) % _EPOCH) // _EPOCH
        if not found or share(key, stamp, name + 3) > _GAP:
            found.append(Rung(table.prices[place], _size(series, key, name, stamp), stamp))
        # The rungs behind the best stand on whole cents, whatever the grid.
        mill = table.mills[place]
        if down:
            place = bisect_right(table.mills, (mill - 1) // 10 * 10) - 1
        else:
            place = bisect_left(table.mills, (mill // 10 + 1) * 10)
    return tuple(found)


def half_spread(key: int, chance: float, step: int) -> float:
    """How far from fair the makers of a market quote at a step."""
    width = 0.003 + 0.009 * share(key, 1) + 0.004 * share(key, step // _EPOCH, 2)
    return width * (0.25 + 3.0 * chance * (1.0 - chance))


def quote(series: SeriesPlan, key: int, chance: float, step: int, *, best_only: bool = False) -> Ladder:
    """The makers' orders at a step; a side is empty where fair lies beyond the grid."""
    table = grid_table(series.grid)
    half = half_spread(key, chance, step)
    bid, ask = table.at_most(chance - half), table.at_least(chance + half)
    if ask <= bid:
        ask = bid + 1
    count = 1 if best_only else _RUNGS
    return Ladder(
        _rungs(series, key, table, bid, count, down=True, step=step),
        _rungs(series, key, table, ask, count, down=False, step=step),
    )
