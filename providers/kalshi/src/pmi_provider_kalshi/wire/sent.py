"""Bodies that are sent, beside new orders (OpenAPI 3.34.0); what is not given is left out."""

from __future__ import annotations

import msgspec

__all__ = [
    "AcceptQuote",
    "AmendOrder",
    "CancelItem",
    "CreateGroup",
    "CreateQuote",
    "CreateRfq",
    "DecreaseOrder",
    "Leg",
    "OpenCombo",
    "SetGroupLimit",
]


class AmendOrder(msgspec.Struct, omit_defaults=True, kw_only=True):
    """``count`` is the total, what was filled included."""

    ticker: str
    side: str
    price: str
    count: str


class DecreaseOrder(msgspec.Struct, omit_defaults=True, kw_only=True):
    """``reduce_by`` comes off what remains."""

    reduce_by: str
    market_ticker: str | None = None


class CancelItem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One order of a batch of cancels; the ticker leads to its shard."""

    order_id: str
    market_ticker: str | None = None
    subaccount: int | None = None


class CreateGroup(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A group on one shard."""

    contracts_limit_fp: str
    subaccount: int | None = None
    exchange_index: int | None = None


class SetGroupLimit(msgspec.Struct):
    """A new cap."""

    contracts_limit_fp: str


class CreateRfq(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Contracts or dollars, one of the two."""

    market_ticker: str
    rest_remainder: bool
    contracts_fp: str | None = None
    target_cost_dollars: str | None = None
    target_cost_excludes_fees: bool | None = None
    subaccount: int | None = None


class CreateQuote(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Both bids, ``0.0000`` for none."""

    rfq_id: str
    yes_bid: str
    no_bid: str
    rest_remainder: bool
    subaccount: int | None = None


class AcceptQuote(msgspec.Struct):
    """The side at whose bid the maker buys."""

    accepted_side: str


class Leg(msgspec.Struct):
    """One condition of a combo."""

    market_ticker: str
    event_ticker: str
    side: str


class OpenCombo(msgspec.Struct):
    """The legs of a combination."""

    selected_markets: list[Leg]
    with_market_payload: bool = True
