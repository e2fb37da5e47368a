"""What can be asked of the exchange: plain frozen data, each with the moment it is asked.

Commands travel as JSON without loss by ``pmi_core.exchange.journal``.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from pmi_core.exchange.specs import CollectionSpec, EventSpec, MarketSpec
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import Action, SelfTradePolicy, TimeInForce

__all__ = [
    "AcceptQuote",
    "AddCollection",
    "AddEvent",
    "AddMarket",
    "Advance",
    "AmendOrder",
    "AnyCommand",
    "CancelAll",
    "CancelOrder",
    "CancelQuote",
    "CancelRfq",
    "CloseMarket",
    "Command",
    "ConfirmQuote",
    "CreateGroup",
    "CreateQuote",
    "CreateRfq",
    "DecreaseOrder",
    "DeleteGroup",
    "Deposit",
    "DetermineMarket",
    "Leg",
    "OpenAccount",
    "OpenCombo",
    "PauseMarket",
    "PlaceOrder",
    "ReopenMarket",
    "ResetGroup",
    "ResumeMarket",
    "SetCloseTime",
    "SetGroupLimit",
    "SettleMarket",
    "TriggerGroup",
    "VoidMarket",
    "Withdraw",
]


class Command(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True, gc=False):
    """Anything that can be asked."""

    time: datetime
    """Aware; never before the time of an earlier command."""


class Advance(Command, frozen=True, tag=True):
    """Let time pass: opens, closes, expires, executes and settles what is due."""


class OpenAccount(Command, frozen=True, tag=True):
    """Make an account without money."""

    account: str


class Deposit(Command, frozen=True, tag=True):
    """Put money in; opens the account where it is new."""

    account: str
    amount: Decimal
    currency: str = "USD"


class Withdraw(Command, frozen=True, tag=True):
    """Take available money out."""

    account: str
    amount: Decimal
    currency: str = "USD"


class AddEvent(Command, frozen=True, tag=True):
    """List an event."""

    spec: EventSpec


class AddMarket(Command, frozen=True, tag=True):
    """List a market; it opens now unless its spec names an opening time."""

    spec: MarketSpec


class AddCollection(Command, frozen=True, tag=True):
    """List a collection that combos can be built from."""

    spec: CollectionSpec


class PauseMarket(Command, frozen=True, tag=True):
    """Take cancels only; orders with ``cancel_on_pause`` are canceled."""

    market_id: str


class ResumeMarket(Command, frozen=True, tag=True):
    """Take orders again after a pause."""

    market_id: str
    cancel_resting: bool = False
    """Whether the book starts empty."""


class SetCloseTime(Command, frozen=True, tag=True):
    """Move the close of an unopened or open market; a time that is past closes it now."""

    market_id: str
    close_time: datetime | None


class CloseMarket(Command, frozen=True, tag=True):
    """End trading and cancel every resting order."""

    market_id: str


class DetermineMarket(Command, frozen=True, tag=True):
    """State the result; closes the market where it is open, corrects an earlier result."""

    market_id: str
    value: Decimal
    """What one YES contract will pay, in [0, 1]."""


class SettleMarket(Command, frozen=True, tag=True):
    """Pay the result."""

    market_id: str


class VoidMarket(Command, frozen=True, tag=True):
    """Give every holder the cost of what is held; fees and earlier profits stand."""

    market_id: str


class ReopenMarket(Command, frozen=True, tag=True):
    """Take a closed or determined market back to open; an earlier result is forgotten."""

    market_id: str
    close_time: datetime | None = None


class PlaceOrder(Command, frozen=True, tag=True):
    """Place one limit order; the fields mean what they mean on an order request."""

    account: str
    market_id: str
    client_order_id: str
    outcome: OutcomeSide
    action: Action
    price: Decimal
    """In terms of ``outcome``."""
    size: Decimal | None = None
    notional: Decimal | None = None
    """Money to spend or raise at most, fees excluded; exactly one of size and notional."""
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: datetime | None = None
    post_only: bool = False
    reduce_only: bool = False
    self_trade: SelfTradePolicy = SelfTradePolicy.CANCEL_TAKER
    group_id: str | None = None
    cancel_on_pause: bool = False


class AmendOrder(Command, frozen=True, tag=True):
    """Move a working order; its place is kept only if the price stays and the size does not grow."""

    account: str
    order_id: str
    price: Decimal
    size: Decimal
    """Total, the filled part included."""
    expires_at: datetime | None = None
    """A new expiry; None keeps what was."""
    client_order_id: str | None = None
    """A new client order id; None keeps the old one."""


class DecreaseOrder(Command, frozen=True, tag=True):
    """Take contracts off the remaining size; all of it cancels the order."""

    account: str
    order_id: str
    by: Decimal


class CancelOrder(Command, frozen=True, tag=True):
    """Cancel; a terminal order stays as it is and no event follows."""

    account: str
    order_id: str


class CancelAll(Command, frozen=True, tag=True):
    """Cancel every working order of an account, or those in one market."""

    account: str
    market_id: str | None = None


class CreateGroup(Command, frozen=True, tag=True):
    """Make a group that stops after ``limit`` contracts within its window."""

    account: str
    limit: Decimal
    window_seconds: int | None = None
    """None takes the exchange's setting."""


class SetGroupLimit(Command, frozen=True, tag=True):
    """Change a group's limit; one that is over it triggers."""

    account: str
    group_id: str
    limit: Decimal


class TriggerGroup(Command, frozen=True, tag=True):
    """Cancel the group's orders and refuse new ones until it is reset."""

    account: str
    group_id: str


class ResetGroup(Command, frozen=True, tag=True):
    """Let a group work again and count from zero."""

    account: str
    group_id: str


class DeleteGroup(Command, frozen=True, tag=True):
    """Cancel the group's orders and forget it."""

    account: str
    group_id: str


class CreateRfq(Command, frozen=True, tag=True):
    """Ask other members for a two-sided price."""

    account: str
    market_id: str
    size: Decimal | None = None
    notional: Decimal | None = None
    """Money the asker spends at most, fees excluded; exactly one of size and notional."""
    rest_remainder: bool = False
    """Carried as data: quotes here are always for the whole request."""


class CancelRfq(Command, frozen=True, tag=True):
    """Withdraw an own request with all its quotes that are not confirmed."""

    account: str
    rfq_id: str


class CreateQuote(Command, frozen=True, tag=True):
    """Answer a request; None means no bid on that side."""

    account: str
    rfq_id: str
    yes_bid: Decimal | None = None
    no_bid: Decimal | None = None
    rest_remainder: bool = False


class AcceptQuote(Command, frozen=True, tag=True):
    """Accept as the asker: the maker gets ``side`` at its bid, the asker the other outcome."""

    account: str
    quote_id: str
    side: OutcomeSide


class ConfirmQuote(Command, frozen=True, tag=True):
    """Confirm as the maker; the trade happens now or after the exchange's delay."""

    account: str
    quote_id: str


class CancelQuote(Command, frozen=True, tag=True):
    """Withdraw an own quote that is not confirmed."""

    account: str
    quote_id: str


class Leg(msgspec.Struct, frozen=True, gc=False):
    """One condition of a combo."""

    market_id: str
    outcome: OutcomeSide


class OpenCombo(Command, frozen=True, tag=True):
    """Open the market of a combination, or name the one that exists."""

    collection_id: str
    legs: tuple[Leg, ...]


AnyCommand = (
    Advance
    | OpenAccount
    | Deposit
    | Withdraw
    | AddEvent
    | AddMarket
    | AddCollection
    | PauseMarket
    | ResumeMarket
    | SetCloseTime
    | CloseMarket
    | DetermineMarket
    | SettleMarket
    | VoidMarket
    | ReopenMarket
    | PlaceOrder
    | AmendOrder
    | DecreaseOrder
    | CancelOrder
    | CancelAll
    | CreateGroup
    | SetGroupLimit
    | TriggerGroup
    | ResetGroup
    | DeleteGroup
    | CreateRfq
    | CancelRfq
    | CreateQuote
    | AcceptQuote
    | ConfirmQuote
    | CancelQuote
    | OpenCombo
)
"""Every command; the tag says which."""
