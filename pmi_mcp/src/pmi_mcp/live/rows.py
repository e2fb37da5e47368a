"""What was heard, as plain data."""

from __future__ import annotations

from typing import Any

from pmi_core.models import (
    BookState,
    ConnectionState,
    ConnectionUpdate,
    FillReversed,
    FillUpdate,
    LifecycleUpdate,
    OrderUpdate,
    PositionUpdate,
    TickerUpdate,
    TradeUpdate,
    Update,
)
from pmi_mcp.live.inbox import Loss, Standing
from pmi_mcp.views import TRADE_COLUMNS, book_view, fill_row, order_row, position_row, trade_row
from pmi_mcp.views.values import label, moment, name_of, number, present

__all__ = ["event_row", "standing_row"]

_SHOWN = frozenset({BookState.LIVE, BookState.SNAPSHOT})
_MARKETS_NAMED = 20


def standing_row(ref: str, standing: Standing, after: int, depth: int) -> dict[str, Any]:
    """How a market stands, with what is newer than a revision; a book only while it is live."""
    row: dict[str, Any] = {
        "market": name_of(ref),
        "state": standing.state.value,
        "reason": label(standing.reason, 200),
    }
    if standing.state is ConnectionState.LIVE:
        if standing.book is not None and standing.book_changed > after:
            book = standing.book.book
            if book.state in _SHOWN:
                view = book_view(book, depth)
                row["book"] = {
                    name: view[name] for name in view if name not in ("market", "outcome", "state")
                }
            else:
                row["state"] = book.state.value
        if standing.ticker is not None and standing.ticker_changed > after:
            row["ticker"] = _ticker(standing.ticker)
    return present(row)


def _ticker(update: TickerUpdate) -> dict[str, Any]:
    return present(
        {
            "yes_bid": number(update.yes.bid),
            "yes_ask": number(update.yes.ask),
            "last": number(update.yes.last),
            "volume": number(update.volume),
            "open_interest": number(update.open_interest),
            "as_of": moment(update.venue_time or update.received_time),
        }
    )


def event_row(event: Update | Loss) -> dict[str, Any]:
    """Something that happened once."""
    if isinstance(event, Loss):
        return {"event": "lost", "at": moment(event.received_time), "reason": label(event.reason, 200)}
    if isinstance(event, TradeUpdate):
        row = present(
            dict(zip(TRADE_COLUMNS, trade_row(event.trade, with_market=True, with_id=False), strict=True))
        )
    elif isinstance(event, OrderUpdate):
        row = order_row(event.order, "brief")
    elif isinstance(event, FillUpdate):
        row = fill_row(event.fill, "brief")
    elif isinstance(event, FillReversed):
        row = fill_row(event.fill, "brief") | present({"reason": label(event.reason, 200)})
    elif isinstance(event, PositionUpdate):
        row = position_row(event.position, "brief")
    elif isinstance(event, LifecycleUpdate):
        row = _lifecycle(event)
    elif isinstance(event, ConnectionUpdate):
        row = _connection(event)
    else:
        raise TypeError(f"{type(event).__name__} is told with its market, not among the events")
    return {"event": event.type, "at": moment(event.received_time), **row}


def _lifecycle(update: LifecycleUpdate) -> dict[str, Any]:
    market = update.market
    return present(
        {
            "market": name_of(update.market_ref),
            "kind": update.kind.value,
            "status": market.status.value if market else None,
            "closes": moment(market.close_time) if market else None,
            "result": market.result.value if market and market.result else None,
        }
    )


def _connection(update: ConnectionUpdate) -> dict[str, Any]:
    refs = update.market_refs
    return present(
        {
            "state": update.state.value,
            "reason": label(update.reason, 200),
            "markets": [name_of(ref) for ref in refs[:_MARKETS_NAMED]],
            "more_markets": len(refs) - _MARKETS_NAMED if len(refs) > _MARKETS_NAMED else None,
        }
    )
