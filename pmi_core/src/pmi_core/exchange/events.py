"""What happened: plain frozen data, numbered without gaps and stamped with the command's time.

Every accepted command opens with one ``Commanded``; what follows until the next one are its
consequences.  Replaying the commands gives the same consequences and the same state.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from pmi_core.exchange.commands import AnyCommand
from pmi_core.models.market import MarketResult, OutcomeSide
from pmi_core.models.order import Action
from pmi_core.models.quote import QuoteStatus, RfqStatus
from pmi_core.models.update import LifecycleKind

__all__ = [
    "AccountOpened",
    "AnyEvent",
    "CancelReason",
    "CashMoved",
    "ComboOpened",
    "Commanded",
    "Event",
    "GroupChange",
    "GroupChanged",
    "LevelChanged",
    "MarketChanged",
    "OrderAccepted",
    "OrderAmended",
    "OrderCanceled",
    "PositionSettled",
    "QuoteChanged",
    "RfqChanged",
    "Traded",
]


class CancelReason(StrEnum):
    """Why contracts left an order without being filled."""

    REQUEST = "request"
    UNFILLED = "unfilled"
    """What an immediate order, or an order at a curve, could not fill."""
    SELF_TRADE = "self_trade"
    EXPIRY = "expiry"
    CLOSE = "close"
    PAUSE = "pause"
    GROUP = "group"
    REDUCE_ONLY = "reduce_only"
    """Nothing was left to reduce."""


class GroupChange(StrEnum):
    """What became of an order group."""

    CREATED = "created"
    LIMIT = "limit"
    TRIGGERED = "triggered"
    RESET = "reset"
    DELETED = "deleted"


class Event(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True, gc=False):
    """Anything that happened."""

    seq: int
    time: datetime


class Commanded(Event, frozen=True, tag=True):
    """A command was accepted."""

    command: AnyCommand


class AccountOpened(Event, frozen=True, tag=True):
    """An account exists."""

    account: str


class CashMoved(Event, frozen=True, tag=True):
    """Money came in (positive) or went out; ``balance`` is what the account has afterwards."""

    account: str
    currency: str
    amount: Decimal
    balance: Decimal


class MarketChanged(Event, frozen=True, tag=True):
    """A market came, or changed its state."""

    market_id: str
    kind: LifecycleKind
    value: Decimal | None = None
    """Its settlement value, when determined or settled."""
    close_time: datetime | None = None


class OrderAccepted(Event, frozen=True, tag=True):
    """An order exists; ``size`` is what it was resolved to, after conversion of a notional."""

    order_id: str
    account: str
    market_id: str
    client_order_id: str
    size: Decimal


class OrderAmended(Event, frozen=True, tag=True):
    """An order was moved or decreased; fills that follow from it come afterwards."""

    order_id: str
    account: str
    market_id: str
    price: Decimal
    """In terms of the order's outcome."""
    size: Decimal
    """Total, the filled part included."""
    kept_place: bool


class OrderCanceled(Event, frozen=True, tag=True):
    """Contracts left an order without being filled."""

    order_id: str
    account: str
    market_id: str
    size: Decimal
    remaining: Decimal
    """What still works; 0 when the order is terminal."""
    reason: CancelReason


class Traded(Event, frozen=True, tag=True):
    """Two parties met; a curve's house has no order and no fee."""

    trade_id: str
    market_id: str
    price: Decimal
    """In YES terms."""
    size: Decimal
    cost: Decimal
    """Of the YES leg: exactly price x size in a book, the exact sum at a curve."""
    taker_order_id: str
    taker_account: str
    taker_outcome: OutcomeSide
    taker_action: Action
    taker_fee: Decimal
    maker_order_id: str | None
    maker_account: str
    maker_outcome: OutcomeSide
    maker_action: Action
    maker_fee: Decimal
    off_book: bool


class LevelChanged(Event, frozen=True, tag=True):
    """A price level of a book, in YES terms, has a new total; 0 removes it."""

    market_id: str
    side: Literal["bid", "ask"]
    price: Decimal
    size: Decimal
    delta: Decimal


class GroupChanged(Event, frozen=True, tag=True):
    """An order group changed."""

    group_id: str
    account: str
    change: GroupChange
    limit: Decimal


class RfqChanged(Event, frozen=True, tag=True):
    """A request for quotes came or went."""

    rfq_id: str
    account: str
    market_id: str
    status: RfqStatus


class QuoteChanged(Event, frozen=True, tag=True):
    """A quote moved through its life."""

    quote_id: str
    rfq_id: str
    account: str
    asker: str
    market_id: str
    status: QuoteStatus
    reason: str | None = None


class ComboOpened(Event, frozen=True, tag=True):
    """A combination has its market."""

    market_id: str
    collection_id: str
    created: bool
    """False when the market existed already."""


class PositionSettled(Event, frozen=True, tag=True):
    """A holder was paid."""

    account: str
    market_id: str
    result: MarketResult
    outcome: OutcomeSide
    size: Decimal
    cost: Decimal
    payout: Decimal
    """Before the fee."""
    fee: Decimal


AnyEvent = (
    Commanded
    | AccountOpened
    | CashMoved
    | MarketChanged
    | OrderAccepted
    | OrderAmended
    | OrderCanceled
    | Traded
    | LevelChanged
    | GroupChanged
    | RfqChanged
    | QuoteChanged
    | ComboOpened
    | PositionSettled
)
"""Every event; the tag says which."""
