"""Ready-made neutral values for tests: each is valid, and every field can be said otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from pmi_core.identifiers import EventRef, MarketRef, OrderRef, SeriesRef
from pmi_core.models import (
    Action,
    Balance,
    Candle,
    Event,
    Fill,
    Level,
    Liquidity,
    Market,
    MarketStatus,
    Order,
    OrderBook,
    OrderRequest,
    OrderStatus,
    Outcome,
    OutcomeSide,
    Position,
    Series,
    TimeInForce,
    Trade,
    Trading,
    cent_grid,
)
from pmi_core.numbers import ZERO, exact
from pmi_core.testing.clock import START

__all__ = [
    "VENUE",
    "a_balance",
    "a_book",
    "a_candle",
    "a_fill",
    "a_market",
    "a_position",
    "a_series",
    "a_trade",
    "an_event",
    "an_order",
    "an_order_request",
    "levels",
]

VENUE: Final = "test"
"""The configured name in every ref of this module."""

Kind = TypeVar("Kind", bound=BaseModel)
Number = str | int | Decimal


def _made(kind: type[Kind], defaults: dict[str, Any], said: dict[str, Any]) -> Kind:
    return kind.model_validate({**defaults, **said})


def a_market(
    ref: str = f"{VENUE}:RAIN-1", *, bid: Number | None = "0.40", ask: Number | None = "0.45", **said: Any
) -> Market:
    """An open order-book market with cent ticks, quoted in YES terms by ``bid`` and ``ask``."""
    yes_bid, yes_ask = (None if price is None else exact(price) for price in (bid, ask))
    outcomes = (
        Outcome(label="Yes", polarity=OutcomeSide.YES, bid=yes_bid, ask=yes_ask),
        Outcome(
            label="No",
            polarity=OutcomeSide.NO,
            bid=None if yes_ask is None else 1 - yes_ask,
            ask=None if yes_bid is None else 1 - yes_bid,
        ),
    )
    defaults = {
        "ref": ref,
        "event_ref": f"{VENUE}:RAIN",
        "title": "Will it rain in Aberdeen tomorrow?",
        "rules": "Resolves YES if the gauge shows 0.2 mm or more.",
        "outcomes": outcomes,
        "status": MarketStatus.OPEN,
        "trading": Trading.OPEN,
        "open_time": START - timedelta(days=7),
        "close_time": START + timedelta(days=1),
        "price_grid": cent_grid(),
        "size_step": 1,
        "min_size": 1,
        "as_of": START,
    }
    return _made(Market, defaults, said)


def an_event(markets: Sequence[Market] = (), **said: Any) -> Event:
    """An event, with one market unless told otherwise."""
    defaults = {
        "ref": EventRef(f"{VENUE}:RAIN"),
        "series_ref": SeriesRef(f"{VENUE}:WEATHER"),
        "title": "Rain in Aberdeen",
        "category": "Weather",
        "mutually_exclusive": False,
        "markets": tuple(markets) or (a_market(),),
        "close_time": START + timedelta(days=1),
    }
    return _made(Event, defaults, said)


def a_series(**said: Any) -> Series:
    """A series of events."""
    return _made(Series, {"ref": f"{VENUE}:WEATHER", "title": "Weather", "category": "Weather"}, said)


def levels(*pairs: tuple[Number, Number]) -> tuple[Level, ...]:
    """Levels from pairs of price and size."""
    return tuple(Level(price=exact(price), size=exact(size)) for price, size in pairs)


def a_book(
    bids: Sequence[tuple[Number, Number]] = (("0.40", 20), ("0.38", 30)),
    asks: Sequence[tuple[Number, Number]] = (("0.45", 12), ("0.46", 25)),
    **said: Any,
) -> OrderBook:
    """A YES book from pairs of price and size, best first."""
    defaults = {
        "market_ref": MarketRef(f"{VENUE}:RAIN-1"),
        "bids": levels(*bids),
        "asks": levels(*asks),
        "sequence": 1,
        "received_time": START,
    }
    return _made(OrderBook, defaults, said)


def a_trade(price: Number = "0.42", size: Number = 5, **said: Any) -> Trade:
    """A public trade; a taker bought YES."""
    defaults = {
        "trade_id": "trade-1",
        "market_ref": f"{VENUE}:RAIN-1",
        "price": exact(price),
        "size": exact(size),
        "taker_outcome": OutcomeSide.YES,
        "taker_action": Action.BUY,
        "time": START,
    }
    return _made(Trade, defaults, said)


def a_candle(start: datetime = START, *, seconds: int = 3600, close: Number = "0.42", **said: Any) -> Candle:
    """A candle that opened and closed at one price."""
    price = exact(close)
    defaults = {
        "start": start,
        "end": start + timedelta(seconds=seconds),
        "open": price,
        "high": price,
        "low": price,
        "close": price,
        "volume": 10,
    }
    return _made(Candle, defaults, said)


def an_order_request(price: Number = "0.40", size: Number | None = 5, **said: Any) -> OrderRequest:
    """A resting order to buy YES."""
    defaults = {
        "market_ref": f"{VENUE}:RAIN-1",
        "outcome": OutcomeSide.YES,
        "action": Action.BUY,
        "size": None if size is None or "notional" in said else exact(size),
        "price": exact(price),
        "time_in_force": TimeInForce.GTC,
        "client_order_id": "client-1",
    }
    return _made(OrderRequest, defaults, said)


def an_order(request: OrderRequest | None = None, **said: Any) -> Order:
    """The order that a venue made of a request: open, nothing filled."""
    asked = request or an_order_request()
    defaults = {
        **{name: getattr(asked, name) for name in OrderRequest.model_fields},
        "ref": OrderRef(f"{VENUE}:ORDER-1"),
        "status": OrderStatus.OPEN,
        "filled": ZERO,
        "remaining": asked.size,
        "fees": ZERO,
        "created_time": START,
        "updated_time": START,
    }
    return _made(Order, defaults, said)


def a_fill(order: Order | None = None, **said: Any) -> Fill:
    """A fill of the whole order at its limit."""
    of = order or an_order()
    defaults = {
        "trade_id": "trade-1",
        "order_ref": of.ref,
        "client_order_id": of.client_order_id,
        "market_ref": of.market_ref,
        "outcome": of.outcome,
        "action": of.action,
        "price": of.price,
        "size": of.size,
        "fee": ZERO,
        "liquidity": Liquidity.MAKER,
        "time": START,
    }
    return _made(Fill, defaults, said)


def a_position(size: Number = 5, average_price: Number = "0.40", **said: Any) -> Position:
    """YES contracts bought at one price."""
    held, price = exact(size), exact(average_price)
    defaults = {
        "market_ref": f"{VENUE}:RAIN-1",
        "outcome": OutcomeSide.YES,
        "size": held,
        "average_price": price if held else None,
        "cost": held * price,
        "realized_pnl": ZERO,
        "fees": ZERO,
        "as_of": START,
    }
    return _made(Position, defaults, said)


def a_balance(available: Number = 1000, reserved: Number = 0, **said: Any) -> Balance:
    """Cash in dollars; the total follows."""
    free, held = exact(available), exact(reserved)
    defaults = {
        "currency": "USD",
        "total": free + held,
        "available": free,
        "reserved": held,
        "as_of": START,
    }
    return _made(Balance, defaults, said)
