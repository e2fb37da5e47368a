"""Markets (OpenAPI 3.34.0, schema Market)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

__all__ = ["Market", "MarketAnswer", "MarketsAnswer", "PriceRange"]


class PriceRange(msgspec.Struct, frozen=True, gc=False):
    """Prices from ``start`` to ``end``, ``step`` apart, in dollars."""

    start: str
    end: str
    step: str


class Market(msgspec.Struct, gc=False):
    """A market; times stay text too: whole pages share a few, which are then read once."""

    ticker: str
    event_ticker: str
    status: str
    result: str
    yes_sub_title: str
    no_sub_title: str
    open_time: str
    close_time: str
    rules_primary: str
    rules_secondary: str
    yes_bid_dollars: str
    yes_ask_dollars: str
    yes_bid_size_fp: str
    yes_ask_size_fp: str
    last_price_dollars: str
    volume_fp: str
    volume_24h_fp: str
    open_interest_fp: str
    notional_value_dollars: str
    price_ranges: tuple[PriceRange, ...]
    title: str = ""
    subtitle: str = ""
    early_close_condition: str | None = None
    expected_expiration_time: str | None = None
    settlement_ts: str | None = None
    settlement_value_dollars: str | None = None
    strike_type: str | None = None
    floor_strike: Decimal | None = None
    cap_strike: Decimal | None = None
    functional_strike: str | None = None
    custom_strike: dict[str, Any] | None = None
    fee_waiver_expiration_time: str | None = None


class MarketAnswer(msgspec.Struct):
    """Of GET /markets/{ticker} and GET /historical/markets/{ticker}."""

    market: Market


class MarketsAnswer(msgspec.Struct):
    """Of GET /markets and GET /historical/markets; an empty cursor ends the listing."""

    markets: list[Market]
    cursor: str | None = None
