"""Where a book keeps its sizes: one row of plain integers, with a place for each price.

A dictionary for each side costs a change some ten distant places in memory, which a thousand books do
not keep near the processor; a row costs one or two.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Final, TypeAlias

__all__ = ["NO_ASK", "NO_BID", "Cells", "Dense", "Grid", "Sparse", "filled", "grids"]

NO_BID: Final = -1
NO_ASK: Final = 1 << 62
_PARTS: Final = (100, 1000)
"""Parts of 1 that a book's prices are first thought to be; finer prices are kept otherwise."""

_LARGEST: Final = (1 << 63) - 1
"""As much as a row's place holds."""

Cells: TypeAlias = "array[int] | MutableMapping[int, int]"
"""Sizes by place; 0 where there is no level."""


class Dense:
    """A place for each price of an even grid, bids first, then asks, both rising.

    At each end stands a place that is never empty, so that whoever looks for the next level finds an end.

    Args:
        parts: steps from 0 to 1.
        step: of a price, in the scale's integers.
    """

    __slots__ = ("_blank", "_half", "ask_at", "bid_at", "prices")

    def __init__(self, parts: int, step: int) -> None:
        rising = [step * part for part in range(parts + 1)]
        self._half = half = len(rising)
        self.bid_at: Mapping[int, int] = {price: place for place, price in enumerate(rising, 1)}
        """Places by price."""
        self.ask_at: Mapping[int, int] = {price: place for place, price in enumerate(rising, half + 1)}
        self.prices: tuple[int, ...] = (NO_BID, *rising, *rising, NO_ASK)
        """Prices by place."""
        self._blank = array("q", [1, *[0] * (2 * half), 1])

    def blank(self) -> Cells:
        """Cells of a book without levels."""
        return self._blank[:]

    def copy(self, cells: Cells) -> Cells:
        """The same once more."""
        assert isinstance(cells, array)
        return cells[:]

    def below(self, cells: Cells, place: int | None = None) -> int:
        """The price of the highest bid at a place or below it; of all by default."""
        at = self._half if place is None else place
        while not cells[at]:
            at -= 1
        return self.prices[at]

    def above(self, cells: Cells, place: int | None = None) -> int:
        """The price of the lowest ask at a place or above it; of all by default."""
        at = self._half + 1 if place is None else place
        while not cells[at]:
            at += 1
        return self.prices[at]

    def sides(self, cells: Cells) -> tuple[dict[int, int], dict[int, int]]:
        """Sizes by price of bids and asks, both rising."""
        half, prices = self._half, self.prices
        return (
            {prices[at]: cells[at] for at in range(1, half + 1) if cells[at]},
            {prices[at]: cells[at] for at in range(half + 1, 2 * half + 1) if cells[at]},
        )


class _Few(dict[int, int]):
    """Cells of which only those are kept that were written."""

    __slots__ = ()

    def __missing__(self, place: int) -> int:
        return 0

    def __setitem__(self, place: int, size: int) -> None:
        if size > _LARGEST:
            raise OverflowError
        super().__setitem__(place, size)


class _Places(dict[int, int]):
    """Every price from 0 to 1 has a place; none is kept."""

    __slots__ = ("_one", "_shift")

    def __init__(self, one: int, shift: int) -> None:
        super().__init__()
        self._one = one
        self._shift = shift

    def __missing__(self, price: int) -> int:
        if 0 <= price <= self._one:
            return price + self._shift
        raise KeyError(price)


class Sparse:
    """A place for each price that a scale can say, of which only those with levels are kept.

    Args:
        one: the price 1, in the scale's integers.
    """

    __slots__ = ("_first_ask", "ask_at", "bid_at")

    def __init__(self, one: int) -> None:
        self._first_ask = one + 1
        self.bid_at: Mapping[int, int] = _Places(one, 0)
        self.ask_at: Mapping[int, int] = _Places(one, self._first_ask)

    def blank(self) -> Cells:
        """Cells of a book without levels."""
        return _Few()

    def copy(self, cells: Cells) -> Cells:
        """The same once more, without what is empty."""
        assert isinstance(cells, _Few)
        return _Few((place, size) for place, size in cells.items() if size)

    def below(self, cells: Cells, place: int | None = None) -> int:
        """The price of the highest bid; it is known to be at the place or below it."""
        return max(self.sides(cells)[0], default=NO_BID)

    def above(self, cells: Cells, place: int | None = None) -> int:
        """The price of the lowest ask; it is known to be at the place or above it."""
        return min(self.sides(cells)[1], default=NO_ASK)

    def sides(self, cells: Cells) -> tuple[dict[int, int], dict[int, int]]:
        """Sizes by price of bids and asks."""
        assert isinstance(cells, _Few)
        first = self._first_ask
        kept: Iterable[tuple[int, int]] = [(at, size) for at, size in cells.items() if size]
        return (
            {at: size for at, size in kept if at < first},
            {at - first: size for at, size in kept if at >= first},
        )


Grid = Dense | Sparse


def grids(one: int) -> tuple[Grid, ...]:
    """The grids of a scale from the coarsest to the finest, which has every price."""
    dense = [Dense(parts, one // parts) for parts in _PARTS if one % parts == 0]
    if dense and len(dense[-1].bid_at) == one + 1:
        return tuple(dense)
    return (*dense, Sparse(one))


def filled(
    some: Iterable[Grid], bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]
) -> tuple[Grid, Cells]:
    """The first of some grids that has all the prices, and its cells with the levels; else KeyError."""
    for grid in some:
        cells, bid_at, ask_at = grid.blank(), grid.bid_at, grid.ask_at
        try:
            for price, size in bids:
                if size:
                    cells[bid_at[price]] = size
            for price, size in asks:
                if size:
                    cells[ask_at[price]] = size
        except KeyError:
            continue
        return grid, cells
    raise KeyError
