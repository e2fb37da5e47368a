"""Orders and fills as the exchange writes them (reference: OpenAPI 3.34.0, Order and Fill)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pmi_core.exchange.events import Traded
from pmi_core.exchange.views import OrderView
from pmi_core.models import OrderStatus, OutcomeSide, SelfTradePolicy
from pmi_provider_kalshi.sandbox.names import Names
from pmi_provider_kalshi.sandbox.writing import count, dollars, micro_dollars, seconds, stamp

__all__ = ["NEVER", "FillSide", "OrderNote", "fill_row", "order_row"]

_ZERO: Final = Decimal(0)
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""The expiry of an order whose expiry was removed."""


@dataclass(slots=True)
class OrderNote:
    """What the exchange shows of an order beside what the engine keeps."""

    cancel_on_pause: bool = False
    taker_cost: Decimal = _ZERO
    maker_cost: Decimal = _ZERO
    taker_fees: Decimal = _ZERO
    maker_fees: Decimal = _ZERO

    def filled(self, cost: Decimal, fee: Decimal, *, taker: bool) -> None:
        """A fill came."""
        if taker:
            self.taker_cost += cost
            self.taker_fees += fee
        else:
            self.maker_cost += cost
            self.maker_fees += fee


def order_row(order: OrderView, note: OrderNote, place: tuple[int, int], names: Names) -> dict[str, Any]:
    """An order; keys that begin with an underscore are for the desks and never sent."""
    yes = order.outcome is OutcomeSide.YES
    price = order.price if yes else 1 - order.price
    status = "resting"
    if not order.is_working:
        status = "executed" if order.status is OrderStatus.FILLED else "canceled"
    expires = None if order.expires_at == NEVER else order.expires_at
    maker = order.self_trade is SelfTradePolicy.CANCEL_MAKER
    return {
        "order_id": names.of(order.id),
        "user_id": names.user_of(order.account),
        "client_order_id": order.client_order_id,
        "ticker": order.market_id,
        "side": "yes" if yes else "no",
        "action": "buy",
        "outcome_side": "yes" if yes else "no",
        "book_side": "bid" if yes else "ask",
        "type": "limit",
        "status": status,
        "yes_price_dollars": dollars(price),
        "no_price_dollars": dollars(1 - price),
        "fill_count_fp": count(order.filled),
        "remaining_count_fp": count(order.remaining),
        "initial_count_fp": count(order.size),
        "taker_fill_cost_dollars": micro_dollars(note.taker_cost),
        "maker_fill_cost_dollars": micro_dollars(note.maker_cost),
        "taker_fees_dollars": micro_dollars(note.taker_fees),
        "maker_fees_dollars": micro_dollars(note.maker_fees),
        "expiration_time": None if expires is None else stamp(expires),
        "created_time": stamp(order.created_time),
        "last_update_time": stamp(order.updated_time),
        "self_trade_prevention_type": "maker" if maker else "taker_at_cross",
        "order_group_id": None if order.group_id is None else names.of(order.group_id),
        "cancel_order_on_pause": note.cancel_on_pause,
        "subaccount_number": place[0],
        "exchange_index": place[1],
        "_created": order.created_time,
        "_updated": order.updated_time,
        "_expires": expires,
    }


class FillSide(NamedTuple):
    """Whose side of a trade a fill is."""

    order_id: str
    outcome: OutcomeSide
    fee: Decimal
    taker: bool


def fill_row(trade: Traded, side: FillSide, place: tuple[int, int], names: Names) -> dict[str, Any]:
    """One side of a trade."""
    yes = side.outcome is OutcomeSide.YES
    trade_id = names.of(trade.trade_id)
    return {
        "fill_id": trade_id,
        "exchange_index": place[1],
        "trade_id": trade_id,
        "order_id": names.of(side.order_id),
        "ticker": trade.market_id,
        "market_ticker": trade.market_id,
        "side": "yes" if yes else "no",
        "action": "buy",
        "outcome_side": "yes" if yes else "no",
        "book_side": "bid" if yes else "ask",
        "count_fp": count(trade.size),
        "yes_price_dollars": dollars(trade.price),
        "no_price_dollars": dollars(1 - trade.price),
        "is_taker": side.taker,
        "created_time": stamp(trade.time),
        "fee_cost": micro_dollars(side.fee),
        "subaccount_number": place[0],
        "ts": seconds(trade.time),
        "_time": trade.time,
        "_place": place,
        "_engine_order": side.order_id,
    }
