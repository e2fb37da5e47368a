"""One state of a live book, kept cheaply until somebody wants to see it whole."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from pmi_core.books.grid import NO_ASK, NO_BID, Cells, Grid
from pmi_core.books.scale import Scale
from pmi_core.identifiers import MarketRef
from pmi_core.models.book import BookSource, BookState, Level, OrderBook
from pmi_core.models.market import OutcomeSide

__all__ = ["SHEET", "BookView", "Sheet", "whole_book"]

SHEET: Final = 128
"""Entries of changes, two for each, after which the state is copied; a view is built from the copy and at most so many changes."""
_BLANK: Final = array("q", [0] * SHEET)


class Sheet:
    """Where a book stood once, and the changes since then, in order.

    A view names a sheet and how many of its changes had happened; a sheet is closed after a few
    hundred changes, so a view that is kept keeps no more than those.
    """

    __slots__ = ("cells", "changes", "grid", "market_ref", "scale")

    def __init__(self, market_ref: MarketRef, scale: Scale, grid: Grid, cells: Cells) -> None:
        self.market_ref = market_ref
        self.scale = scale
        self.grid = grid
        self.cells = cells
        self.changes = _BLANK[:]
        """By turns a place and its new size; what comes after the written ones has no meaning."""

    def at(self, count: int) -> Cells:
        """The cells after the first ``count`` entries of the changes."""
        cells, changes = self.grid.copy(self.cells), self.changes
        for at in range(0, count, 2):
            cells[changes[at]] = changes[at + 1]
        return cells


class BookView(NamedTuple):
    """A book exactly as it stood at one moment; what the live book does later changes nothing."""

    sheet: Sheet
    changes: int
    """How many entries of the sheet's changes had been written."""
    best_bid: int
    """In the sheet's scale; :data:`pmi_core.books.grid.NO_BID` where there is none."""
    best_ask: int
    received_time: datetime
    sequence: int | None
    venue_time: datetime | None

    @property
    def market_ref(self) -> MarketRef:
        """Whose book it is."""
        return self.sheet.market_ref

    @property
    def bid(self) -> Decimal | None:
        """The highest bid."""
        return None if self.best_bid == NO_BID else self.sheet.scale.price(self.best_bid)

    @property
    def ask(self) -> Decimal | None:
        """The lowest ask."""
        return None if self.best_ask == NO_ASK else self.sheet.scale.price(self.best_ask)

    def build(self) -> OrderBook:
        """The whole book in neutral words."""
        bids, asks = self.sheet.grid.sides(self.sheet.at(self.changes))
        return whole_book(
            self.sheet.market_ref,
            self.sheet.scale,
            bids,
            asks,
            state=BookState.LIVE,
            sequence=self.sequence,
            venue_time=self.venue_time,
            received_time=self.received_time,
        )


def whole_book(
    market_ref: MarketRef,
    scale: Scale,
    bids: Mapping[int, int],
    asks: Mapping[int, int],
    *,
    state: BookState,
    sequence: int | None,
    venue_time: datetime | None,
    received_time: datetime,
) -> OrderBook:
    """Build the neutral book from integers that are known to be in order."""
    price, size, level = scale.price, scale.size, Level.trusted
    return OrderBook.trusted(
        {
            "market_ref": market_ref,
            "outcome": OutcomeSide.YES,
            "bids": tuple(
                level({"price": price(at), "size": size(bids[at])}) for at in sorted(bids, reverse=True)
            ),
            "asks": tuple(level({"price": price(at), "size": size(asks[at])}) for at in sorted(asks)),
            "sequence": sequence,
            "venue_time": venue_time,
            "received_time": received_time,
            "state": state,
            "source": BookSource.VENUE,
            "firm": True,
        }
    )
