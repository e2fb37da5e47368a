"""The book that an order would meet, with the levels that it takes; read when the page is shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pmi_core.analysis.cost import fill_cost
from pmi_core.errors import PmiError
from pmi_core.models import Action, BookState, OrderBook, OrderRequest

if TYPE_CHECKING:
    from datetime import datetime

    from pmi_core.plugins.registry import Registry

__all__ = ["Depth", "Row", "read_depth"]

_SECONDS = 4.0
_NEAR = 4
_MOST = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One price of the book."""

    side: str
    price: Decimal
    size: Decimal
    taken: Decimal
    """Contracts that the order takes from it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """The levels around the middle, highest price first."""

    rows: tuple[Row, ...]
    time: datetime
    fresh: bool
    """Whether the venue's connection says that it is true now."""
    further: int
    """Levels that the order takes and that are not among the rows."""


async def read_depth(registry: Registry, venue: str, request: OrderRequest) -> Depth | None:
    """Read the book of an order's outcome; None where it cannot be had from here, or soon."""
    try:
        async with asyncio.timeout(_SECONDS):
            opened = await registry.venue(venue)
            if opened.books is None:
                return None
            book = await opened.books.get_book(request.market_ref.of(request.outcome.value))
    except (PmiError, TimeoutError):
        return None
    if book.outcome is not request.outcome:
        book = book.mirror()
    return depth_of(book, request)


def depth_of(book: OrderBook, request: OrderRequest) -> Depth:
    """The part of a book that an order would meet."""
    takes = {}
    if not request.post_only:
        filled = fill_cost(
            book, request.action, size=request.size, notional=request.notional, limit=request.price
        )
        takes = {level.price: level.size for level in filled.levels}
    buying = request.action is Action.BUY
    shown = max(_NEAR, min(len(takes) + 1, _MOST))
    asks, bids = book.asks[: shown if buying else _NEAR], book.bids[: _NEAR if buying else shown]
    rows = [Row("sell", level.price, level.size, _taken(takes, level.price, buying)) for level in asks]
    rows.reverse()
    rows += [Row("buy", level.price, level.size, _taken(takes, level.price, not buying)) for level in bids]
    return Depth(
        rows=tuple(rows),
        time=book.received_time,
        fresh=book.state in (BookState.SNAPSHOT, BookState.LIVE),
        further=max(0, len(takes) - shown),
    )


def _taken(takes: dict[Decimal, Decimal], price: Decimal, counts: bool) -> Decimal:
    return takes.get(price, Decimal(0)) if counts else Decimal(0)
