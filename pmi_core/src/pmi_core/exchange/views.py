"""What the exchange answers when it is read: plain frozen data with Decimals and native ids."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from pmi_core.exchange.commands import Leg
from pmi_core.exchange.events import CancelReason, Event, Traded
from pmi_core.exchange.specs import MarketSpec
from pmi_core.models.book import BookSource
from pmi_core.models.fees import Liquidity
from pmi_core.models.market import MarketResult, MarketStatus, OutcomeSide, Trading
from pmi_core.models.order import Action, OrderStatus, SelfTradePolicy, TimeInForce
from pmi_core.models.quote import QuoteStatus, RfqStatus

__all__ = [
    "BalanceView",
    "BookView",
    "CostView",
    "Drained",
    "FillView",
    "GroupView",
    "MarketView",
    "OrderView",
    "PositionView",
    "QuoteView",
    "RfqView",
    "SettlementView",
]


class MarketView(msgspec.Struct, frozen=True):
    """A market as it stands; prices in YES terms."""

    id: str
    spec: MarketSpec
    status: MarketStatus
    trading: Trading
    close_time: datetime | None
    """The spec's, or what it was moved to."""
    bid: Decimal | None
    bid_size: Decimal | None
    ask: Decimal | None
    ask_size: Decimal | None
    last: Decimal | None
    volume: Decimal
    open_interest: Decimal
    result: MarketResult | None
    value: Decimal | None
    settled_time: datetime | None
    legs: tuple[Leg, ...]
    """Of a combo; empty otherwise."""


class BookView(msgspec.Struct, frozen=True):
    """Price levels in YES terms as (price, size), best first on both sides."""

    market_id: str
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    sequence: int
    """Number of the last event that changed it; 0 if none did."""
    source: BookSource
    firm: bool


class CostView(msgspec.Struct, frozen=True):
    """What taking would give now."""

    size: Decimal
    cost: Decimal
    """Paid or received, fees excluded."""
    fees: Decimal
    average_price: Decimal | None
    """In terms of the asked outcome."""
    worst_price: Decimal | None
    price_after: Decimal | None
    """Best price left on the taken side, in terms of the asked outcome."""
    complete: bool


class OrderView(msgspec.Struct, frozen=True):
    """An order; ``filled + remaining + canceled`` is always ``size``."""

    id: str
    account: str
    market_id: str
    client_order_id: str
    outcome: OutcomeSide
    action: Action
    size: Decimal
    notional: Decimal | None
    price: Decimal
    """The limit, in terms of ``outcome``."""
    time_in_force: TimeInForce
    expires_at: datetime | None
    post_only: bool
    reduce_only: bool
    self_trade: SelfTradePolicy
    group_id: str | None
    status: OrderStatus
    filled: Decimal
    remaining: Decimal
    canceled: Decimal
    filled_notional: Decimal
    """Money spent or raised by the fills in terms of ``outcome``, fees excluded."""
    average_price: Decimal | None
    fees: Decimal
    cancel_reason: CancelReason | None
    created_time: datetime
    updated_time: datetime

    @property
    def is_working(self) -> bool:
        """Whether something may still happen to it."""
        return self.status in (OrderStatus.OPEN, OrderStatus.PARTIAL)


class FillView(msgspec.Struct, frozen=True):
    """One side of a trade."""

    seq: int
    trade_id: str
    order_id: str
    client_order_id: str
    account: str
    market_id: str
    outcome: OutcomeSide
    action: Action
    price: Decimal
    """In terms of ``outcome``."""
    size: Decimal
    fee: Decimal
    liquidity: Liquidity
    off_book: bool
    time: datetime


class PositionView(msgspec.Struct, frozen=True):
    """What an account holds in a market; one outcome at most, since opposite sides net."""

    account: str
    market_id: str
    outcome: OutcomeSide
    size: Decimal
    cost: Decimal
    average_price: Decimal | None
    realized_pnl: Decimal
    """Fees excluded."""
    fees: Decimal
    traded: Decimal
    """Contracts bought and sold over the life of the position."""


class BalanceView(msgspec.Struct, frozen=True):
    """``total = available + reserved``."""

    account: str
    currency: str
    total: Decimal
    available: Decimal
    reserved: Decimal


class SettlementView(msgspec.Struct, frozen=True):
    """A market paid an account."""

    seq: int
    account: str
    market_id: str
    result: MarketResult
    value: Decimal | None
    outcome: OutcomeSide
    size: Decimal
    cost: Decimal
    payout: Decimal
    fee: Decimal
    time: datetime


class GroupView(msgspec.Struct, frozen=True):
    """An order group."""

    id: str
    account: str
    limit: Decimal
    window_seconds: int
    used: Decimal
    """Contracts filled within the window that ends at the last command's time."""
    triggered: bool
    orders: tuple[str, ...]
    """Working ones."""


class RfqView(msgspec.Struct, frozen=True):
    """A request for quotes."""

    id: str
    account: str
    market_id: str
    size: Decimal | None
    notional: Decimal | None
    rest_remainder: bool
    status: RfqStatus
    created_time: datetime
    closed_time: datetime | None


class QuoteView(msgspec.Struct, frozen=True):
    """A maker's answer."""

    id: str
    rfq_id: str
    account: str
    """The maker."""
    asker: str
    market_id: str
    yes_bid: Decimal | None
    no_bid: Decimal | None
    size: Decimal | None
    """Of the request; of the trade once it was sized."""
    rest_remainder: bool
    status: QuoteStatus
    accepted_side: OutcomeSide | None
    reason: str | None
    maker_order_id: str | None
    asker_order_id: str | None
    created_time: datetime
    accepted_time: datetime | None
    confirmed_time: datetime | None
    updated_time: datetime


class Drained(msgspec.Struct, frozen=True):
    """History that left the exchange."""

    events: tuple[Event, ...]
    orders: tuple[OrderView, ...]
    """Terminal ones."""
    fills: tuple[FillView, ...]
    trades: tuple[Traded, ...]
