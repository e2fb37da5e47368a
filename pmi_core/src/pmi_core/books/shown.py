"""What a live book shows, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from pmi_core.books.grid import NO_ASK, NO_BID, Cells, Grid
from pmi_core.books.scale import Scale
from pmi_core.books.view import BookView, Sheet, whole_book
from pmi_core.errors import StaleBook
from pmi_core.identifiers import MarketRef
from pmi_core.models.book import BookState, OrderBook

__all__ = ["ShownBook"]


class ShownBook:
    """The reading side of :class:`pmi_core.books.LiveBook`.

    Args:
        market_ref: whose book it is.
        scale: what the integers mean.
    """

    __slots__ = (
        "_ask_at",
        "_before",
        "_best_ask",
        "_best_bid",
        "_bid_at",
        "_cells",
        "_changes",
        "_count",
        "_grid",
        "_listeners",
        "_live",
        "_sheet",
        "_written",
        "_wrong",
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
        self._best_bid = NO_BID
        self._best_ask = NO_ASK
        self._live = False
        self._wrong: str | None = None
        self._before: tuple[Sheet, int] | None = None
        """What was shown last, while something waits for its commit that the sheet cannot undo."""
        self._listeners: tuple[Callable[[BookView], None], ...] = ()
        self._lay(scale.grids[0], scale.grids[0].blank())

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

    # ------------------------------------------------------------------------------------- keeping

    def _lay(self, grid: Grid, cells: Cells) -> None:
        """Keep the levels in these cells of a grid from now on."""
        self._grid = grid
        self._bid_at, self._ask_at = grid.bid_at, grid.ask_at
        self._cells = cells
        self._turn()

    def _turn(self) -> None:
        """Begin a new sheet."""
        self._sheet = Sheet(self.market_ref, self.scale, self._grid, self._cells)
        self._cells = self._grid.copy(self._cells)
        self._changes = self._sheet.changes
        self._written = self._count = 0
