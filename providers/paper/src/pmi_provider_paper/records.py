"""What is remembered of the account: one small record a thing, kept as JSON rows.

Records carry native codes and numbers, never refs, so that a file may be opened under another
venue's name.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from pmi_core.models import (
    Action,
    FillSettlement,
    Liquidity,
    MarketResult,
    OrderStatus,
    OutcomeSide,
    QuoteStatus,
    RfqStatus,
    SelfTradePolicy,
    TimeInForce,
)
from pmi_core.numbers import ZERO

__all__ = [
    "ComboRecord",
    "FillRecord",
    "GroupRecord",
    "OrderRecord",
    "PositionRecord",
    "PrintRecord",
    "QuoteRecord",
    "Record",
    "RfqRecord",
    "SettlementRecord",
]


class Record(msgspec.Struct, kw_only=True):
    """Anything that is remembered; ``revision`` grows with every change in the file."""

    id: str
    revision: int = 0


class OrderRecord(Record, kw_only=True):
    """An order of the account."""

    market: str
    event: str
    client_id: str | None
    outcome: OutcomeSide
    action: Action
    size: Decimal | None
    notional: Decimal | None
    price: Decimal
    time_in_force: TimeInForce
    expires_at: datetime | None
    post_only: bool
    reduce_only: bool
    self_trade: SelfTradePolicy
    group: str | None
    status: OrderStatus
    filled: Decimal
    remaining: Decimal | None
    filled_notional: Decimal
    fees: Decimal
    created: datetime
    updated: datetime
    cut: Decimal = ZERO
    """Contracts that can never be filled though nobody took them back: the exchange cut them off,
    or they were filled and that was undone."""
    reject_reason: str | None = None
    due: datetime | None = None
    """When a pending order is decided."""
    off_book: bool = False


class FillRecord(Record, kw_only=True):
    """One execution of the account."""

    order: str
    market: str
    client_id: str | None
    outcome: OutcomeSide
    action: Action
    price: Decimal
    """In terms of ``outcome``."""
    size: Decimal
    cost: Decimal | None = None
    """What the contracts cost or brought; None where that is exactly price x size."""
    fee: Decimal
    liquidity: Liquidity
    settlement: FillSettlement
    time: datetime
    off_book: bool = False
    curve: Decimal | None = None
    """Net YES contracts that the curve had sold before, where a market maker's curve filled."""
    due: datetime | None = None
    """When it is confirmed or undone."""
    reason: str | None = None


class PositionRecord(Record, kw_only=True):
    """What the account holds in a market, or held until it was settled; ``id`` is the market."""

    event: str
    outcome: OutcomeSide
    size: Decimal
    cost: Decimal
    average_price: Decimal | None
    realized_pnl: Decimal
    fees: Decimal
    settled: bool = False


class SettlementRecord(Record, kw_only=True):
    """A market paid the account; ``id`` is the market."""

    event: str
    result: MarketResult
    value: Decimal | None
    outcome: OutcomeSide
    size: Decimal
    cost: Decimal
    payout: Decimal
    fees: Decimal
    time: datetime


class GroupRecord(Record, kw_only=True):
    """An order group of the account."""

    limit: Decimal
    window_seconds: int
    triggered: bool = False
    deleted: bool = False


class RfqRecord(Record, kw_only=True):
    """A request for quotes that the account made."""

    market: str
    size: Decimal | None
    notional: Decimal | None
    rest_remainder: bool
    status: RfqStatus
    created: datetime
    closed: datetime | None = None


class QuoteRecord(Record, kw_only=True):
    """A quote that the account gave or received."""

    rfq: str
    market: str
    yes_bid: Decimal | None
    no_bid: Decimal | None
    size: Decimal
    status: QuoteStatus
    mine: bool
    created: datetime
    updated: datetime
    accepted_side: OutcomeSide | None = None
    order: str | None = None
    due: datetime | None = None
    """When the other member does its part, or the account's time for its part is over."""


class ComboRecord(Record, kw_only=True):
    """A combination that somebody opened; ``id`` is its market."""

    collection: str
    legs: tuple[tuple[str, OutcomeSide], ...]
    opened: datetime


class PrintRecord(Record, kw_only=True):
    """A public trade in which the account took part."""

    market: str
    hour: int
    time: datetime
    price: Decimal
    size: Decimal
    taker_yes: bool
    off_book: bool = False
    instead_of: str | None = None
    """A trade of other members that it replaces as far as its size goes."""
