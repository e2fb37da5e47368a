"""A market's book, kept true by a stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pmi_core.books.grid import NO_ASK, NO_BID, filled
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
        if self._before is None:
            self._before = (self._sheet, self._count)
        self._wrong = None
        self._live = True
        sides = list(bids), list(asks)
        try:
            self._lay(*filled(self.scale.grids, *sides))
        except (KeyError, OverflowError):
            self._wrong = "the snapshot has a price outside of 0 to 1, or a size that no book can hold"
            return
        self._best_bid = self._grid.below(self._cells)
        self._best_ask = self._grid.above(self._cells)
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
        try:
            at = self._place(is_bid, price)
            size = size + self._cells[at] if adds else size
            if self._written + 1 >= len(self._changes):
                self._changes.extend(self._changes)
            self._changes[self._written + 1] = size
        except (KeyError, OverflowError):
            self._wrong = f"no book can hold {size} at {price}"
            return
        if size < 0:
            self._wrong = f"the size at {self.scale.price(price)} fell below zero"
            return
        self._changes[self._written] = at
        self._written += 2
        self._cells[at] = size
        if is_bid:
            if size:
                self._best_bid = max(self._best_bid, price)
            elif price == self._best_bid:
                self._best_bid = self._grid.below(self._cells, at)
        elif size:
            self._best_ask = min(self._best_ask, price)
        elif price == self._best_ask:
            self._best_ask = self._grid.above(self._cells, at)

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
        if self._before is None:
            self._before = (self._sheet, self._count)
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
        # Nearly every message of a busy book comes here, so what _put, expect and commit do stands in one piece.
        written, changes, cells = self._written, self._changes, self._cells
        try:
            at = (self._bid_at if is_bid else self._ask_at)[price]
            now = size + cells[at] if adds else size
            changes[written + 1] = now
            changes[written] = at
        except (KeyError, IndexError, OverflowError):
            self._put(is_bid, price, size, adds=adds)
        else:
            if now > 0:
                cells[at] = now
                if is_bid:
                    self._best_bid = max(self._best_bid, price)
                elif price < self._best_ask:
                    self._best_ask = price
            elif now:
                self._wrong = f"the size at {self.scale.price(price)} fell below zero"
            else:
                cells[at] = 0
                if is_bid:
                    if price == self._best_bid:
                        self._best_bid = self._grid.below(cells, at)
                elif price == self._best_ask:
                    self._best_ask = self._grid.above(cells, at)
            self._written = written + 2
        bid, ask = self._best_bid, self._best_ask
        if (best_bid is not None and best_bid != bid) or (best_ask is not None and best_ask != ask):
            self._wrong = self._wrong or _NOT_STATED
        if self._wrong is not None or bid >= ask:
            return self._darken()
        self.received_time = received_time
        self.sequence = sequence
        self.venue_time = venue_time
        self.state = _LIVE
        self._before = None
        self._count = count = self._written
        if count >= SHEET:
            self._turn()
        if self._listeners:
            self._tell()
        return None

    def doubt(self, reason: str) -> None:
        """Say that a check failed: the next commit makes the book go dark instead of showing it."""
        self._wrong = reason

    def expect(self, best_bid: int | None, best_ask: int | None) -> None:
        """Check the best prices against those that the venue states; None where a side is empty."""
        bid = NO_BID if best_bid is None else best_bid
        ask = NO_ASK if best_ask is None else best_ask
        if self._live and (bid != self._best_bid or ask != self._best_ask):
            self._wrong = _NOT_STATED

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
        self._count = self._written
        if self._count >= SHEET:
            self._turn()
        if self._listeners:
            self._tell()
        return None

    def _tell(self) -> None:
        # As BookView(...) makes it, in a third of the time.
        view = _new_view(
            BookView,
            (
                self._sheet,
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

    def _darken(self) -> str:
        wrong = self._wrong or (
            f"the book is crossed: bid {self.scale.price(self._best_bid)} "
            f"against ask {self.scale.price(self._best_ask)}"
        )
        self.lose()
        return wrong

    def lose(self, state: BookState = BookState.RESYNCING) -> None:
        """Stop being live until the next snapshot; the last true levels stay readable under the state."""
        if self._live:
            # What was written and never shown is left out.
            sheet, count = self._before or (self._sheet, self._count)
            self._lay(sheet.grid, sheet.at(count))
            self._best_bid = self._grid.below(self._cells)
            self._best_ask = self._grid.above(self._cells)
        self._live = False
        self._wrong = None
        self._before = None
        self.state = state
