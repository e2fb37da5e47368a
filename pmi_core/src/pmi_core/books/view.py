"""One state of a live book, kept cheaply until somebody wants to see it whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pmi_core.books.scale import Scale
from pmi_core.identifiers import MarketRef
from pmi_core.models.book import BookSource, BookState, Level, OrderBook
from pmi_core.models.market import OutcomeSide

__all__ = ["NO_ASK", "NO_BID", "BookView", "Sheet", "whole_book"]

NO_BID = -1
NO_ASK = 1 << 62


class Sheet:
    """Where a book stood once, and the changes since then, in order.

    A view names a sheet and how many of its changes had happened; a sheet is closed after a few
    hundred changes, so a view that is kept keeps no more than those.
    """

    __slots__ = ("asks", "bids", "changes", "market_ref", "scale")

    def __init__(
        self, market_ref: MarketRef, scale: Scale, bids: dict[int, int], asks: dict[int, int]
    ) -> None:
        self.market_ref = market_ref
        self.scale = scale
        self.bids = bids
        self.asks = asks
        self.changes: list[int] = []
        """By turns a price (as ``~price`` where it is an ask) and its new size: plain integers, since a
        tuple for each of a thousand books' changes would keep the garbage collector busy."""

    def at(self, count: int) -> tuple[dict[int, int], dict[int, int]]:
        """Bids and asks after the first ``count`` entries of the changes."""
        bids, asks = self.bids.copy(), self.asks.copy()
        for at in range(0, count, 2):
            price, size = self.changes[at], self.changes[at + 1]
            side = bids if price >= 0 else asks
            price = price if price >= 0 else ~price
            if size:
                side[price] = size
            else:
                side.pop(price, None)
        return bids, asks


class BookView(NamedTuple):
    """A book exactly as it stood at one moment; what the live book does later changes nothing."""

    sheet: Sheet
    changes: int
    """How many entries of the sheet's changes had been written."""
    best_bid: int
    """In the sheet's scale; :data:`NO_BID` where there is none."""
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
        bids, asks = self.sheet.at(self.changes)
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
