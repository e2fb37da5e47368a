"""What the venue's stream tells beyond the neutral channels: order groups, negotiations, events.

Prices and counts are Decimals; of what is absent nothing was said (AsyncAPI of 2026-10-26).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from pmi_provider_kalshi.wire.moment import Moment
from pmi_provider_kalshi.wire.order import Stamp
from pmi_provider_kalshi.wire.told import Told

__all__ = [
    "EventCreated",
    "EventFees",
    "GroupChanged",
    "Leg",
    "Notified",
    "QuoteAccepted",
    "QuoteCreated",
    "QuoteExecuted",
    "RfqCreated",
    "RfqDeleted",
]


class Notified(Told, frozen=True):
    """Anything that the venue tells beside the neutral channels; no number in it is below 0."""


class GroupChanged(Notified, frozen=True):
    """An order group of the account came, changed, was triggered or went."""

    order_group_id: str
    event_type: Literal["created", "triggered", "reset", "deleted", "limit_updated"]
    ts_ms: Stamp
    contracts_limit_fp: Decimal | None = None


class Leg(msgspec.Struct, frozen=True):
    """One condition of a combination."""

    market_ticker: str
    side: Literal["yes", "no"]
    event_ticker: str = ""


class _OfRfq(Notified, frozen=True):
    """Which request for quotes it is about."""

    id: str
    creator_id: str
    market_ticker: str


class _OfQuote(Notified, frozen=True):
    """Which quote it is about."""

    quote_id: str
    rfq_id: str
    quote_creator_id: str
    rfq_creator_id: str
    market_ticker: str


class RfqCreated(_OfRfq, frozen=True):
    """Somebody asks for quotes."""

    created_ts: Moment
    event_ticker: str = ""
    contracts_fp: Decimal | None = None
    target_cost_dollars: Decimal | None = None
    mve_collection_ticker: str = ""
    mve_selected_legs: tuple[Leg, ...] = ()


class RfqDeleted(_OfRfq, frozen=True):
    """Somebody asks no more."""

    deleted_ts: Moment
    event_ticker: str = ""
    contracts_fp: Decimal | None = None
    target_cost_dollars: Decimal | None = None


class QuoteCreated(_OfQuote, frozen=True):
    """The account gave a quote, or got one; a bid of 0 is none."""

    yes_bid_dollars: Decimal
    no_bid_dollars: Decimal
    created_ts: Moment
    event_ticker: str = ""
    yes_contracts_offered_fp: Decimal | None = None
    no_contracts_offered_fp: Decimal | None = None
    rfq_target_cost_dollars: Decimal | None = None
    subaccount: int | None = None


class QuoteAccepted(_OfQuote, frozen=True):
    """A quote of the account's was accepted, or the account accepted one."""

    yes_bid_dollars: Decimal
    no_bid_dollars: Decimal
    event_ticker: str = ""
    accepted_side: Literal["yes", "no"] | None = None
    contracts_accepted_fp: Decimal | None = None
    yes_contracts_offered_fp: Decimal | None = None
    no_contracts_offered_fp: Decimal | None = None
    rfq_target_cost_dollars: Decimal | None = None
    subaccount: int | None = None


class QuoteExecuted(_OfQuote, frozen=True):
    """A quote became a trade; the order is this account's."""

    order_id: str
    client_order_id: str
    executed_ts: Moment
    subaccount: int | None = None


class EventCreated(Notified, frozen=True):
    """An event came or changed."""

    event_ticker: str
    title: str
    series_ticker: str
    subtitle: str = ""
    collateral_return_type: str = ""
    exchange_index: int = 0


class EventFees(Notified, frozen=True):
    """Fees of an event replace those of its series, or no longer do (both absent)."""

    event_ticker: str
    fee_type_override: str | None = None
    fee_multiplier_override: Decimal | None = None
