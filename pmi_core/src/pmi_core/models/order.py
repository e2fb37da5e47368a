"""Orders: what is asked for and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, model_validator

from pmi_core.errors import InvalidOrder, RequestError
from pmi_core.identifiers import GroupRef, MarketRef, OrderRef
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.models.question import Question
from pmi_core.numbers import ASKED, Amount, Price, Quantity

__all__ = [
    "TERMINAL_STATUSES",
    "Action",
    "BatchResult",
    "Order",
    "OrderRequest",
    "OrderStatus",
    "SelfTradePolicy",
    "TimeInForce",
]


class Action(StrEnum):
    """What is done with the outcome."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Action:
        """The other action."""
        return Action.SELL if self is Action.BUY else Action.BUY


class TimeInForce(StrEnum):
    """How long an order works."""

    GTC = "gtc"
    """Good till canceled."""
    GTD = "gtd"
    """Good till ``expires_at``."""
    IOC = "ioc"
    """Immediate or cancel: fill what can be filled now, cancel the rest."""
    FOK = "fok"
    """Fill or kill: all of it now, or nothing."""


class SelfTradePolicy(StrEnum):
    """What happens when an order would meet another one of the same account."""

    CANCEL_TAKER = "cancel_taker"
    """The incoming order is canceled where it meets the own order; earlier fills stand."""
    CANCEL_MAKER = "cancel_maker"
    """The resting own order is canceled and the incoming order goes on."""


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    CREATED = "created"
    """Written down here, not sent."""
    PENDING = "pending"
    """Sent and accepted for processing; not yet in the book."""
    OPEN = "open"
    """In the book, nothing filled."""
    PARTIAL = "partial"
    """In the book, partly filled."""
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """It may or may not exist; look it up before doing anything else."""


TERMINAL_STATUSES = frozenset(
    {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED}
)
"""Statuses in which an order works no more; only a fill that is undone turns filled into canceled."""


class OrderRequest(Question):
    """One limit order, complete before anything is sent.

    ``price`` is in terms of ``outcome``: buying NO at 0.30 pays at most 30 cents for a contract
    that pays 1 if the answer is no.

    Raises:
        InvalidOrder: a field is missing, unknown or wrong, or fields contradict each other.
    """

    refusal: ClassVar[type[RequestError]] = InvalidOrder

    market_ref: MarketRef
    outcome: OutcomeSide
    action: Action
    size: Quantity | None = Field(default=None, gt=0, lt=ASKED)
    """Contracts.  Exactly one of ``size`` and ``notional`` is given."""
    notional: Amount | None = Field(default=None, gt=0, lt=ASKED)
    """Money to spend or raise at most, fees excluded."""
    price: Price
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: Time | None = None
    """Required with ``gtd``, refused otherwise."""
    post_only: bool = False
    reduce_only: bool = False
    self_trade: SelfTradePolicy = SelfTradePolicy.CANCEL_TAKER
    client_order_id: str = Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")
    """Made by the caller before sending; the key under which the order is found again."""
    group_ref: GroupRef | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> OrderRequest:
        if (self.size is None) == (self.notional is None):
            raise ValueError("give exactly one of size and notional")
        if self.market_ref.outcome is not None:
            raise ValueError("market_ref names the market; the outcome has its own field")
        if not 0 < self.price < 1:
            raise ValueError("a limit price lies strictly between 0 and 1")
        if (self.time_in_force is TimeInForce.GTD) != (self.expires_at is not None):
            raise ValueError("expires_at goes with time in force gtd, and only with it")
        if self.post_only and self.time_in_force in (TimeInForce.IOC, TimeInForce.FOK):
            raise ValueError("a post-only order rests, so it cannot be ioc or fok")
        return self


class Order(Model):
    """An order as the venue knows it."""

    ref: OrderRef | None = None
    """None while the venue has not named it (created, pending, unknown)."""
    client_order_id: str | None
    """None only for orders that other programs placed without one."""
    market_ref: MarketRef
    outcome: OutcomeSide
    action: Action
    size: Quantity | None = None
    notional: Amount | None = None
    price: Price
    """The limit, in terms of ``outcome``."""
    time_in_force: TimeInForce
    expires_at: Time | None = None
    post_only: bool = False
    reduce_only: bool = False
    self_trade: SelfTradePolicy | None = None
    group_ref: GroupRef | None = None
    status: OrderStatus
    filled: Quantity
    """Contracts filled, confirmed or not."""
    remaining: Quantity | None
    """Contracts that still work; 0 once terminal, None while a notional order has no size."""
    filled_notional: Amount | None = None
    """Money spent or raised by the fills, fees excluded."""
    average_price: Price | None = None
    """Of the fills, in terms of ``outcome``; None without fills."""
    fees: Amount
    """Paid so far; negative when rebates outweigh them."""
    currency: str = "USD"
    reject_reason: str | None = None
    created_time: Time | None = None
    updated_time: Time | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in TERMINAL_STATUSES


class BatchResult(Model):
    """What became of one item of a batch: the order, or the reason there is none."""

    client_order_id: str | None = None
    order_ref: OrderRef | None = None
    order: Order | None = None
    error: str | None = None
    """The name of the error class, such as ``InsufficientFunds``."""
    message: str | None = None
