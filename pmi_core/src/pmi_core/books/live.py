"""A market's book, kept true by a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

from pmi_core.books.scale import Scale
from pmi_core.books.view import NO_ASK, NO_BID, BookView, Sheet, whole_book
from pmi_core.errors import StaleBook
from pmi_core.identifiers import MarketRef
from pmi_core.models.book import BookState, OrderBook

__all__ = ["LiveBook"]

_new_view: Final = tuple.__new__
_LIVE: Final = BookState.LIVE
_SHEET: Final = 128
"""Entries of changes, two for each, after which the state is copied; a view is built from the copy and at most so many changes."""


class LiveBook:
    """The resting interest in a market's YES outcome, in integers of a known scale.

    A stream writes: :meth:`replace` with a snapshot, or any number of :meth:`change` and :meth:`put`
    that belong together, then :meth:`commit`, which checks the whole and tells the listeners.  What
    is not true is never shown: before the first snapshot, after :meth:`lose`, and after a change that
    makes no sense, changes are left out and nobody is told anything until the next snapshot.

    Args:
        market_ref: whose book it is.
        scale: what the integers mean.
    """

    __slots__ = (
        "_before",
        "_best_ask",
        "_best_bid",
        "_changes",
        "_count",
        "_listeners",
        "_live",
        "_sheet",
        "_wrong",
        "asks",
        "bids",
        "market_ref",
        "received_time",
        "scale",
        "sequence",
        "state",
        "venue_time",
    )

    def __init__(self, market_ref: MarketRef, scale: Scale) -> None:
        self.market_ref = market_ref
        self.scale = scale
        self.bids: dict[int, int] = {}
        """Size by price, as integers; to be read only."""
        self.asks: dict[int, int] = {}
        self.state = BookState.RESYNCING
        self.sequence: int | None = None
        self.venue_time: datetime | None = None
        self.received_time: datetime | None = None
        """When the newest change was received; None before the first snapshot."""
        self._best_bid = NO_BID
        self._best_ask = NO_ASK
        self._live = False
        self._wrong: str | None = None
        self._before: tuple[Sheet, int] | None = None
        """What was shown last, while a snapshot waits for its commit."""
        self._turn()
        self._listeners: tuple[Callable[[BookView], None], ...] = ()

    def __repr__(self) -> str:
        return f"LiveBook({self.market_ref!r}, {self.state.value}, bid={self.bid}, ask={self.ask})"

    # ------------------------------------------------------------------------------------- writing

    def replace(self, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]) -> None:
        """Take a snapshot: pairs of price and size, in any order; :meth:`commit` makes it live."""
        self.bids = {price: size for price, size in bids if size}
        self.asks = {price: size for price, size in asks if size}
        self._best_bid = max(self.bids, default=NO_BID)
        self._best_ask = min(self.asks, default=NO_ASK)
        self._wrong = None
        self._live = True
        if self._before is None:
            self._before = (self._sheet, self._count)
        self._turn()
        if any(size < 0 for side in (self.bids, self.asks) for size in side.values()):
            self._wrong = "a size is negative"

    def change(self, is_bid: bool, price: int, by: int) -> None:
        """Add ``by``, which may be negative, to the size at a price."""
        self.put(is_bid, price, (self.bids if is_bid else self.asks).get(price, 0) + by)

    def put(self, is_bid: bool, price: int, size: int) -> None:
        """Set the size at a price; 0 removes the level."""
        if not self._live:
            return
        if size > 0:
            if is_bid:
                self.bids[price] = size
                self._best_bid = max(self._best_bid, price)
            else:
                self.asks[price] = size
                self._best_ask = min(self._best_ask, price)
        elif size:
            self._wrong = f"the size at {self.scale.price(price)} fell below zero"
            return
        elif is_bid:
            if self.bids.pop(price, 0) and price == self._best_bid:
                self._best_bid = max(self.bids, default=NO_BID)
        elif self.asks.pop(price, 0) and price == self._best_ask:
            self._best_ask = min(self.asks, default=NO_ASK)
        self._changes.append(price if is_bid else ~price)
        self._changes.append(size)

    def doubt(self, reason: str) -> None:
        """Say that a check failed: the next commit makes the book go dark instead of showing it."""
        self._wrong = reason

    def expect(self, best_bid: int | None, best_ask: int | None) -> None:
        """Check the best prices against those that the venue states; None where a side is empty."""
        bid = NO_BID if best_bid is None else best_bid
        ask = NO_ASK if best_ask is None else best_ask
        if self._live and (bid != self._best_bid or ask != self._best_ask):
            self._wrong = "the best prices are not those that the venue states"

    def commit(
        self, received_time: datetime, *, sequence: int | None = None, venue_time: datetime | None = None
    ) -> str | None:
        """Make what was written visible; None when all is well, else what is wrong.

        What is wrong makes the book dark (:meth:`lose`); the caller asks for a new snapshot.
        """
        if not self._live:
            return None
        if self._wrong is not None or self._best_bid >= self._best_ask:
            return self._darken()
        self.received_time = received_time
        self.sequence = sequence
        self.venue_time = venue_time
        self.state = _LIVE
        self._before = None
        self._count = len(self._changes)
        if self._count >= _SHEET:
            self._turn()
        if self._listeners:
            # As BookView(...) makes it, in a third of the time.
            view = _new_view(
                BookView,
                (
                    self._sheet,
                    self._count,
                    self._best_bid,
                    self._best_ask,
                    received_time,
                    sequence,
                    venue_time,
                ),
            )
            for hear in self._listeners:
                hear(view)
        return None

    def _darken(self) -> str:
        wrong = self._wrong or (
            f"the book is crossed: bid {self.scale.price(self._best_bid)} "
            f"against ask {self.scale.price(self._best_ask)}"
        )
        self.lose()
        return wrong

    def _turn(self) -> None:
        """Begin a new sheet."""
        self._sheet = Sheet(self.market_ref, self.scale, self.bids.copy(), self.asks.copy())
        self._changes = self._sheet.changes
        self._count = 0

    def lose(self, state: BookState = BookState.RESYNCING) -> None:
        """Stop being live until the next snapshot; the last true levels stay readable under the state."""
        if self._live:
            if self._before is not None:
                self._sheet, self._count = self._before
                self._changes = self._sheet.changes
            del self._changes[self._count :]  # what was written and never shown
            self.bids, self.asks = self._sheet.at(self._count)
            self._best_bid = max(self.bids, default=NO_BID)
            self._best_ask = min(self.asks, default=NO_ASK)
        self._live = False
        self._wrong = None
        self._before = None
        self.state = state

    # ------------------------------------------------------------------------------------- reading

    @property
    def is_live(self) -> bool:
        """Whether the book shows what the venue said last, with nothing missing."""
        return self.state is BookState.LIVE

    @property
    def bid(self) -> Decimal | None:
        """The highest bid; None where there is none."""
        return None if self._best_bid == NO_BID else self.scale.price(self._best_bid)

    @property
    def ask(self) -> Decimal | None:
        """The lowest ask; None where there is none."""
        return None if self._best_ask == NO_ASK else self.scale.price(self._best_ask)

    def age(self, now: datetime) -> float | None:
        """Seconds since the newest change was received; None before the first snapshot."""
        return None if self.received_time is None else (now - self.received_time).total_seconds()

    def view(self) -> BookView:
        """The book as it stands now, kept cheaply.

        Raises:
            StaleBook: the book is not live.
        """
        if self.state is not BookState.LIVE or self.received_time is None:
            raise self._dark()
        return BookView(
            self._sheet,
            self._count,
            self._best_bid,
            self._best_ask,
            self.received_time,
            self.sequence,
            self.venue_time,
        )

    def read(self) -> OrderBook:
        """The whole book in neutral words, in YES terms, with its state; ``.mirror()`` is the other outcome's.

        Raises:
            StaleBook: no snapshot came yet, so there is nothing to show under any state.
        """
        if self.received_time is None:
            raise self._dark()
        return whole_book(
            self.market_ref,
            self.scale,
            self.bids,
            self.asks,
            state=self.state,
            sequence=self.sequence,
            venue_time=self.venue_time,
            received_time=self.received_time,
        )

    def require_live(self) -> None:
        """Refuse to go on unless the book is live.

        Raises:
            StaleBook: it is not; the message says what it is instead.
        """
        if not self.is_live:
            raise self._dark()

    def _dark(self) -> StaleBook:
        return StaleBook(
            f"the book of {self.market_ref} is {self.state.value}, not live",
            hint="wait until it is live again, or read it anew",
            capability="stream",
        )

    # ----------------------------------------------------------------------------------- listening

    def listen(self, hear: Callable[[BookView], None]) -> Callable[[], None]:
        """Give ``hear`` a view after every commit; gives the way to stop it."""
        self._listeners = (*self._listeners, hear)

        def stop() -> None:
            kept = list(self._listeners)
            if hear in kept:
                kept.remove(hear)
            self._listeners = tuple(kept)

        return stop
