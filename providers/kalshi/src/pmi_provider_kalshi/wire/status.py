"""The state of the exchange (OpenAPI 3.34.0, schema ExchangeStatus) and of its archive."""

from __future__ import annotations

import msgspec

from pmi_provider_kalshi.wire.moment import Moment

__all__ = ["Cutoff", "Exchange", "Shard"]


class Shard(msgspec.Struct):
    """One exchange index; the description may be empty."""

    exchange_index: int
    exchange_active: bool
    trading_active: bool
    description: str = ""


class Exchange(msgspec.Struct):
    """Of GET /exchange/status, answered with status 200, 500, 503 or 504."""

    exchange_active: bool
    trading_active: bool
    exchange_estimated_resume_time: Moment | None = None
    exchange_index_statuses: list[Shard] | None = None


class Cutoff(msgspec.Struct):
    """Of GET /historical/cutoff: what is older is found under /historical only."""

    market_settled_ts: Moment
    trades_created_ts: Moment
    orders_updated_ts: Moment | None = None
    market_positions_last_updated_ts: Moment | None = None
