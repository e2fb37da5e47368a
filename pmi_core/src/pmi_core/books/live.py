"""A market's book, kept true by a stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pmi_core.books.grid import filled
from pmi_core.books.shown import ShownBook
from pmi_core.books.view import SHEET, BookView
from pmi_core.models.book import BookState

__all__ = ["LiveBook"]

_new_view: Final = tuple.__new__
_LIVE: Final = BookState.LIVE
_NOT_STATED: Final = "the best prices are not those that the venue states"


class LiveBook(ShownBook):
    """The resting interest in a market's YES outcome, in integers of a known scale.

    A stream writes: :meth:`replace` with a snapshot, or any number of :meth:`change` and :meth:`put`
    that belong together, then :meth:`commit`, which checks the whole and tells the listeners; or
    :meth:`apply`, which does all of it where a message sets one level, as nearly all do.  What is not
    true is never shown: before the first snapshot, after :meth:`lose`, and after a change that
    makes no sense, changes are left out and nobody is told anything until the next snapshot.

    Args:
        market_ref: whose book it is.
        scale: what the integers mean.
    """

    __slots__ = ()

    # ------------------------------------------------------------------------------------- writing

    def replace(self, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]) -> None:
        """Take a snapshot: pairs of price and size, in any order; :meth:`commit` makes it live."""
        self._live = self._pending = True
        self._wrong = None
        sides = list(bids), list(asks)
        try:
            self._lay(*filled(self.scale.grids, *sides))
        except (KeyError, OverflowError):
            self._wrong = "the snapshot has a price outside of 0 to 1, or a size that no book can hold"
            return
        if any(size < 0 for side in sides for _, size in side):
            self._wrong = "a size is negative"

    def change(self, is_bid: bool, price: int, by: int) -> None:
        """Add ``by``, which may be negative, to the size at a price."""
        if self._live:
            self._put(is_bid, price, by, adds=True)

    def put(self, is_bid: bool, price: int, size: int) -> None:
        """Set the size at a price; 0 removes the level."""
        if self._live:
            self._put(is_bid, price, size, adds=False)

    def _put(self, is_bid: bool, price: int, size: int, *, adds: bool) -> None:
        self._pending = True
        self._sheet = None
        try:
            at = self._place(is_bid, price)
            before = self._cells[at]
            size = size + before if adds else size
            self._cells[at] = size
        except (KeyError, OverflowError):
            self._wrong = f"no book can hold {size} at {price}"
            return
        self._undo.append((at, before))
        if size < 0:
            self._wrong = self._below_zero(price)
        elif is_bid:
            if size:
                self._best_bid = max(self._best_bid, price)
            elif price == self._best_bid:
                self._best_bid = self._grid.below(self._cells, at)
            self.bid = self.scale.best(self._best_bid)
        else:
            if size:
                self._best_ask = min(self._best_ask, price)
            elif price == self._best_ask:
                self._best_ask = self._grid.above(self._cells, at)
            self.ask = self.scale.best(self._best_ask)

    def _place(self, is_bid: bool, price: int) -> int:
        """Where a price is kept; a finer grid is laid for a finer price, and KeyError raised where none has it."""
        try:
            return (self._bid_at if is_bid else self._ask_at)[price]
        except KeyError:
            sides = self._grid.sides(self._cells)
        (sides[0] if is_bid else sides[1])[price] = 1  # so that the grid has it
        finer = self.scale.grids[self.scale.grids.index(self._grid) + 1 :]
        grid, cells = filled(finer, *(side.items() for side in sides))
        at = (grid.bid_at if is_bid else grid.ask_at)[price]
        cells[at] = 0
        self._lay(grid, cells)
        return at

    def apply(  # noqa: C901, PLR0912 - in one piece for speed
        self,
        is_bid: bool,
        price: int,
        size: int,
        received_time: datetime,
        sequence: int | None = None,
        venue_time: datetime | None = None,
        best_bid: int | None = None,
        best_ask: int | None = None,
        *,
        adds: bool = False,
    ) -> str | None:
        """Take a message that concerns one level: the same as writing, expecting and committing.

        Args:
            is_bid: the side.
            price: of the level.
            size: its new size, or what is added to it.
            received_time: when the message came.
            sequence: the venue's number of it.
            venue_time: the venue's time of it.
            best_bid: the best bid afterwards, as :attr:`Scale.best_bid` reads it; None where the venue states none.
            best_ask: likewise.
            adds: ``size`` is added, not set.

        Returns:
            What :meth:`commit` does.
        """
        if not self._live:
            return None
        # Nearly every message of a busy book comes here, so what _put and commit do stands in one piece.
        cells = self._cells
        try:
            at = (self._bid_at if is_bid else self._ask_at)[price]
            before = cells[at]
            now = size + before if adds else size
            cells[at] = now
        except (KeyError, OverflowError):
            self._put(is_bid, price, size, adds=adds)
            return self.commit(
                received_time, sequence=sequence, venue_time=venue_time, best_bid=best_bid, best_ask=best_ask
            )
        bid, ask = self._best_bid, self._best_ask
        # Without max and min, which are calls.
        if is_bid:
            if now:
                if price > bid:
                    self._best_bid = bid = price
                    self.bid = self.scale.best(bid)
            elif price == bid:
                self._best_bid = bid = self._grid.below(cells, at)
                self.bid = self.scale.best(bid)
        elif now:
            if price < ask:
                self._best_ask = ask = price
                self.ask = self.scale.best(ask)
        elif price == ask:
            self._best_ask = ask = self._grid.above(cells, at)
            self.ask = self.scale.best(ask)
        if (
            self._pending
            or now < 0
            or bid >= ask
            or (best_bid is not None and best_bid != bid)
            or (best_ask is not None and best_ask != ask)
        ):
            self._pending = True
            self._sheet = None
            self._undo.append((at, before))
            if now < 0:
                self._wrong = self._below_zero(price)
            return self.commit(
                received_time, sequence=sequence, venue_time=venue_time, best_bid=best_bid, best_ask=best_ask
            )
        self.received_time = received_time
        self.sequence = sequence
        self.venue_time = venue_time
        sheet = self._sheet
        if sheet is not None:
            changes, count = sheet.changes, self._count
            changes[count] = at
            changes[count + 1] = now
            self._count = count = count + 2
            if count == SHEET:
                self._sheet = None
        if self._listeners:
            self._tell()
        return None

    def doubt(self, reason: str) -> None:
        """Say that a check failed: the next commit makes the book go dark instead of showing it."""
        self._pending = True
        self._wrong = reason

    def commit(
        self,
        received_time: datetime,
        *,
        sequence: int | None = None,
        venue_time: datetime | None = None,
        best_bid: int | None = None,
        best_ask: int | None = None,
    ) -> str | None:
        """Make what was written visible; None when all is well, else what is wrong.

        What is wrong makes the book dark (:meth:`lose`); the caller asks for a new snapshot.

        Args:
            received_time: when the message came.
            sequence: the venue's number of it.
            venue_time: the venue's time of it.
            best_bid: as the venue states it, read by :attr:`Scale.best_bid`; None where it states none.
            best_ask: likewise.
        """
        if not self._live:
            return None
        bid, ask = self._best_bid, self._best_ask
        wrong = self._wrong
        if wrong is None and bid >= ask:
            wrong = f"the book is crossed: bid {self.scale.price(bid)} against ask {self.scale.price(ask)}"
        if wrong is None and (best_bid not in (None, bid) or best_ask not in (None, ask)):
            wrong = _NOT_STATED
        if wrong is not None:
            self.lose()
            return wrong
        self.received_time = received_time
        self.sequence = sequence
        self.venue_time = venue_time
        self.state = _LIVE
        self._settle()
        if self._listeners:
            self._tell()
        return None

    def _below_zero(self, price: int) -> str:
        return f"the size at {self.scale.price(price)} fell below zero"

    def _tell(self) -> None:
        # As view() makes it, in a third of the time.
        view = _new_view(
            BookView,
            (
                self._sheet or self._open(),
                self._count,
                self._best_bid,
                self._best_ask,
                self.received_time,
                self.sequence,
                self.venue_time,
            ),
        )
        for hear in self._listeners:
            hear(view)

    def lose(self, state: BookState = BookState.RESYNCING) -> None:
        """Stop being live until the next snapshot; the last true levels stay readable under the state."""
        if self._pending:
            self._use(*self._shown_last())  # what was written and never shown is left out
        self._settle()
        self._live = False
        self.state = state
