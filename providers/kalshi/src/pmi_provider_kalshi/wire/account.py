"""What the account has (OpenAPI 3.34.0, Portfolio)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pmi_provider_kalshi.wire.moment import Moment

__all__ = [
    "BalanceAnswer",
    "Fill",
    "FillsAnswer",
    "IndexedBalance",
    "MarketPosition",
    "PositionsAnswer",
    "RestingValue",
    "Settlement",
    "SettlementsAnswer",
    "UserDataTimestamp",
]


class IndexedBalance(msgspec.Struct):
    """Dollars on one shard."""

    exchange_index: int
    balance: str


class BalanceAnswer(msgspec.Struct):
    """Of GET /portfolio/balance: what is free for new orders; a locked key sees no breakdown."""

    balance_dollars: str
    updated_ts: int
    balance_breakdown: list[IndexedBalance] | None = None


class RestingValue(msgspec.Struct):
    """Of GET /portfolio/summary/total_resting_order_value; the total is in cents."""

    total_resting_order_value: int
    resting_order_value_breakdown: list[IndexedBalance] | None = None


class MarketPosition(msgspec.Struct):
    """What is held of one market: YES contracts above 0, NO contracts below."""

    ticker: str
    position_fp: str
    market_exposure_dollars: str
    realized_pnl_dollars: str
    fees_paid_dollars: str
    total_traded_dollars: str
    last_updated_ts: Moment | None = None


class PositionsAnswer(msgspec.Struct):
    """Of GET /portfolio/positions and GET /historical/positions; events are not read."""

    market_positions: list[MarketPosition]
    cursor: str | None = None


class Fill(msgspec.Struct, gc=False):
    """One execution of the account's; ``outcome_side`` is the exposure that it took on."""

    trade_id: str
    order_id: str
    ticker: str
    outcome_side: str
    count_fp: str
    yes_price_dollars: str
    no_price_dollars: str
    is_taker: bool
    fee_cost: str
    book_side: str | None = None
    created_time: Moment | None = None
    ts: int | None = None


class FillsAnswer(msgspec.Struct):
    """Of GET /portfolio/fills and GET /historical/fills."""

    fills: list[Fill]
    cursor: str | None = None


class Settlement(msgspec.Struct):
    """A market of the account's was settled; ``revenue`` and ``value`` are in cents."""

    ticker: str
    event_ticker: str
    market_result: str
    yes_count_fp: str
    yes_total_cost_dollars: str
    no_count_fp: str
    no_total_cost_dollars: str
    revenue: int
    settled_time: Moment
    fee_cost: str
    value: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None


class SettlementsAnswer(msgspec.Struct):
    """Of GET /portfolio/settlements."""

    settlements: list[Settlement]
    cursor: str | None = None


class UserDataTimestamp(msgspec.Struct):
    """Of GET /exchange/user_data_timestamp: how far the readings of the account have come."""

    as_of_time: Moment
