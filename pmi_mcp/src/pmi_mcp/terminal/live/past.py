"""What no stream says again: trades, own orders and fills, read from the venue after a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmi_core.errors import BusyError, PmiError, VenueError
from pmi_core.models import TERMINAL_STATUSES, FillQuery, OrderQuery, OrderStatus, TradeQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pmi_core.identifiers import MarketRef
    from pmi_core.models import Fill, Order, Trade
    from pmi_core.provider import Venue

__all__ = ["Past", "read_past"]

_WORKING = frozenset(OrderStatus) - TERMINAL_STATUSES
_TRADES = 200
_FILLS = 50
_PAGES = 20


@dataclass(slots=True)
class Past:
    """What was read of one market; None for what the venue has not, or did not tell."""

    trades: Sequence[Trade] | None = None
    """Newest first."""
    has_all_trades: bool = True
    orders: Sequence[Order] | None = None
    """Those that work."""
    fills: Sequence[Fill] | None = None
    failure: str | None = None
    """Why something could not be read."""
    is_worth_repeating: bool = False
    """Whether it may be read later."""


async def read_past(venue: Venue, ref: MarketRef) -> Past:
    """Read all that there is; what fails stops nothing else."""
    past = Past()
    for read in (_read_orders, _read_fills, _read_trades):
        try:
            await read(venue, ref, past)
        except PmiError as error:
            past.failure = past.failure or error.message
            past.is_worth_repeating = past.is_worth_repeating or isinstance(error, VenueError | BusyError)
    return past


async def _read_orders(venue: Venue, ref: MarketRef, past: Past) -> None:
    if venue.orders is None:
        return
    found: list[Order] = []
    query = OrderQuery(market_ref=ref, statuses=_WORKING)
    for _ in range(_PAGES):
        page = await venue.orders.list_orders(query)
        found += page.items
        if page.cursor is None:
            break
        query = query.model_copy(update={"cursor": page.cursor})
    past.orders = found[::-1]


async def _read_fills(venue: Venue, ref: MarketRef, past: Past) -> None:
    if venue.orders is not None:
        page = await venue.orders.list_fills(FillQuery(market_ref=ref, limit=_FILLS))
        past.fills = page.items


async def _read_trades(venue: Venue, ref: MarketRef, past: Past) -> None:
    if venue.trades is not None:
        page = await venue.trades.list_trades(TradeQuery(market_ref=ref, limit=_TRADES))
        past.trades, past.has_all_trades = page.items, page.cursor is None
