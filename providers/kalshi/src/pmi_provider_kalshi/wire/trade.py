"""Public trades (OpenAPI 3.34.0, schema Trade)."""

from __future__ import annotations

import msgspec

from pmi_provider_kalshi.wire.moment import Moment

__all__ = ["Trade", "TradesAnswer"]


class Trade(msgspec.Struct, gc=False):
    """Two orders met; ``taker_outcome_side`` is the exposure that the taker took on."""

    trade_id: str
    ticker: str
    count_fp: str
    yes_price_dollars: str
    taker_outcome_side: str
    created_time: Moment
    is_block_trade: bool = False


class TradesAnswer(msgspec.Struct):
    """Of GET /markets/trades and GET /historical/trades."""

    trades: list[Trade]
    cursor: str | None = None
