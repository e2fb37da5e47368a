"""What a live book shows, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from pmi_core.books.grid import Cells, Grid
from pmi_core.books.scale import Scale
from pmi_core.books.view import BookView, Sheet, whole_book
from pmi_core.errors import StaleBook
from pmi_core.identifiers import MarketRef
from pmi_core.models.book import BookState, OrderBook
from pmi_core.models.market import OutcomeSide

__all__ = ["ShownBook"]


class ShownBook:
    """The reading side of :class:`pmi_core.books.LiveBook`.

    Args:
        market_ref: whose book it is.
        scale: what the integers mean.
    """

    __slots__ = (
        "_ask_at",
        "_best_ask",
        "_best_bid",
        "_bid_at",
        "_cells",
        "_count",
        "_grid",
        "_listeners",
        "_live",
        "_pending",
        "_replaced",
        "_sheet",
        "_undo",
        "_wrong",
        "ask",
        "bid",
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
        self.state = BookState.RESYNCING
        self.sequence: int | None = None
        self.venue_time: datetime | None = None
        self.received_time: datetime | None = None
        """When the newest change was received; None before the first snapshot."""
        self.bid: Decimal | None = None
        """The highest bid of what was written last; None where there is none."""
        self.ask: Decimal | None = None
        """The lowest ask, likewise."""
        self._live = False
        self._pending = False
        """Whether something was written, or found wrong, that waits for its commit."""
        self._wrong: str | None = None
        self._undo: list[tuple[int, int]] = []
        """Places that wait for their commit, and the sizes that they had, in order."""
        self._replaced: tuple[Grid, Cells] | None = None
        """What was shown last, while other cells wait for their commit."""
        self._sheet: Sheet | None = None
        """What views are of; kept only while somebody takes them, for it doubles what a change touches."""
        self._count = 0
        """Entries of the sheet's changes that are written."""
        self._listeners: tuple[Callable[[BookView], None], ...] = ()
        self._use(scale.grids[0], scale.grids[0].blank())

    def __repr__(self) -> str:
        return f"LiveBook({self.market_ref!r}, {self.state.value}, bid={self.bid}, ask={self.ask})"

    # ------------------------------------------------------------------------------------- reading

    @property
    def is_live(self) -> bool:
        """Whether the book shows what the venue said last, with nothing missing."""
        return self.state is BookState.LIVE

    @property
    def bids(self) -> dict[int, int]:
        """Sizes by price, as integers, of what was written last."""
        return self._grid.sides(self._cells)[0]

    @property
    def asks(self) -> dict[int, int]:
        """Sizes by price, as integers, of what was written last."""
        return self._grid.sides(self._cells)[1]

    def best(self, outcome: OutcomeSide = OutcomeSide.YES) -> tuple[Decimal | None, Decimal | None]:
        """The highest bid and the lowest ask for an outcome; None where there is none."""
        if outcome is OutcomeSide.YES:
            return self.bid, self.ask
        mirrored = self.scale.mirrored_best
        return mirrored(self._best_ask), mirrored(self._best_bid)

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
        if self._pending:
            grid, cells = self._shown_last()
            sheet, count = Sheet(self.market_ref, self.scale, grid, cells), 0
            best = grid.below(cells), grid.above(cells)
        else:
            sheet = self._sheet or self._open()
            count, best = self._count, (self._best_bid, self._best_ask)
        return BookView(sheet, count, *best, self.received_time, self.sequence, self.venue_time)

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

    # ------------------------------------------------------------------------------------- keeping

    def _lay(self, grid: Grid, cells: Cells) -> None:
        """Keep the levels in other cells, which wait for their commit."""
        if self._replaced is None:
            self._replaced = self._shown_last()
        self._undo.clear()
        self._use(grid, cells)

    def _use(self, grid: Grid, cells: Cells) -> None:
        self._grid = grid
        self._bid_at, self._ask_at = grid.bid_at, grid.ask_at
        self._cells = cells
        self._sheet = None
        self._best_bid: int = grid.below(cells)
        self._best_ask: int = grid.above(cells)
        self.bid = self.scale.best(self._best_bid)
        self.ask = self.scale.best(self._best_ask)

    def _shown_last(self) -> tuple[Grid, Cells]:
        """The levels without what waits for its commit, in cells of their own."""
        if self._replaced is not None:
            grid, cells = self._replaced
            return grid, grid.copy(cells)
        cells = self._grid.copy(self._cells)
        for at, before in reversed(self._undo):
            cells[at] = before
        return self._grid, cells

    def _settle(self) -> None:
        """Nothing waits for its commit any more."""
        self._pending = False
        self._wrong = None
        self._replaced = None
        self._undo.clear()

    def _open(self) -> Sheet:
        """Begin a sheet with the levels as they are."""
        self._sheet = sheet = Sheet(self.market_ref, self.scale, self._grid, self._grid.copy(self._cells))
        self._count = 0
        return sheet
