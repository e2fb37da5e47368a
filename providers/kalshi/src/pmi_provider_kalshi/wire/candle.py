"""Candlesticks (OpenAPI 3.34.0): live names carry a suffix, historical names do not."""

from __future__ import annotations

import msgspec

__all__ = [
    "ArchivedCandle",
    "ArchivedCandlesAnswer",
    "ArchivedPrices",
    "ArchivedQuotes",
    "LiveCandle",
    "LiveCandlesAnswer",
    "LivePrices",
    "LiveQuotes",
    "MarketCandles",
]


class LivePrices(msgspec.Struct, gc=False):
    """What was traded; null or absent without a trade."""

    open_dollars: str | None = None
    high_dollars: str | None = None
    low_dollars: str | None = None
    close_dollars: str | None = None


class LiveQuotes(msgspec.Struct, gc=False):
    """Best quotes of one side; ``0.0000`` or ``1.0000`` where there was none."""

    close_dollars: str


class LiveCandle(msgspec.Struct, gc=False):
    """Of the live tier; ``end_period_ts`` is in seconds and included."""

    end_period_ts: int
    price: LivePrices
    yes_bid: LiveQuotes
    yes_ask: LiveQuotes
    volume_fp: str
    open_interest_fp: str


class MarketCandles(msgspec.Struct):
    """The candles of one market."""

    market_ticker: str
    candlesticks: list[LiveCandle]


class LiveCandlesAnswer(msgspec.Struct):
    """Of GET /markets/candlesticks."""

    markets: list[MarketCandles]


class ArchivedPrices(msgspec.Struct, gc=False):
    """What was traded; null without a trade."""

    open: str | None = None
    high: str | None = None
    low: str | None = None
    close: str | None = None


class ArchivedQuotes(msgspec.Struct, gc=False):
    """Best quotes of one side."""

    close: str


class ArchivedCandle(msgspec.Struct, gc=False):
    """Of the historical tier."""

    end_period_ts: int
    price: ArchivedPrices
    yes_bid: ArchivedQuotes
    yes_ask: ArchivedQuotes
    volume: str
    open_interest: str


class ArchivedCandlesAnswer(msgspec.Struct):
    """Of GET /historical/markets/{ticker}/candlesticks."""

    ticker: str
    candlesticks: list[ArchivedCandle]
