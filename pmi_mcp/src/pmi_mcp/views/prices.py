"""Books, trades and candles as plain data: columns, not rows, because they are long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_core.models import BookSource, BookState
from pmi_mcp.views.values import columns, moment, name_of, number, present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pmi_core.models import Candle, Level, OrderBook, Trade

__all__ = ["CANDLE_COLUMNS", "TRADE_COLUMNS", "book_view", "candle_row", "trade_row"]

TRADE_COLUMNS = ("time", "price", "size", "taker", "off_book", "market", "trade_id")
CANDLE_COLUMNS = ("start", "open", "high", "low", "close", "bid", "ask", "volume", "open_interest")


def book_view(book: OrderBook, depth: int) -> dict[str, Any]:
    """A book in one outcome's prices, best first, at most ``depth`` levels a side."""
    best_bid, best_ask = book.best_bid, book.best_ask
    view = {
        "market": name_of(book.market_ref),
        "outcome": book.outcome.value,
        "best_bid": number(best_bid.price) if best_bid else None,
        "best_ask": number(best_ask.price) if best_ask else None,
        "spread": number(book.spread),
        "state": book.state.value if book.state is not BookState.SNAPSHOT else None,
        "source": book.source.value if book.source is BookSource.CURVE else None,
        "firm": None if book.firm else False,
        "as_of": moment(book.venue_time or book.received_time),
    }
    return {**present(view), "bids": _side(book.bids, depth), "asks": _side(book.asks, depth)}


def _side(levels: Sequence[Level], depth: int) -> dict[str, Any]:
    shown = levels[:depth]
    side: dict[str, Any] = columns(
        ("price", "size"), [(number(level.price), number(level.size)) for level in shown]
    ) or {"price": [], "size": []}
    if len(levels) > depth:
        side["levels_left"] = len(levels) - depth
    return side


def trade_row(trade: Trade, *, with_market: bool, with_id: bool) -> tuple[Any, ...]:
    """A trade under :data:`TRADE_COLUMNS`; the price is YES's, whatever the taker traded."""
    taker = " ".join(word.value for word in (trade.taker_action, trade.taker_outcome) if word is not None)
    return (
        moment(trade.time),
        number(trade.price),
        number(trade.size),
        taker or None,
        trade.off_book or None,
        name_of(trade.market_ref) if with_market else None,
        name_of(trade.trade_id) if with_id else None,
    )


def candle_row(candle: Candle) -> tuple[Any, ...]:
    """A candle under :data:`CANDLE_COLUMNS`."""
    return (
        moment(candle.start),
        number(candle.open),
        number(candle.high),
        number(candle.low),
        number(candle.close),
        number(candle.bid_close),
        number(candle.ask_close),
        number(candle.volume),
        number(candle.open_interest),
    )
