"""Candles as the exchange writes them, those of the historical tier under their own names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pmi_provider_kalshi.sandbox.scenario.candles import Bar
from pmi_provider_kalshi.sandbox.writing import count, dollars

__all__ = ["bar_row", "latest_row", "old_bar_row"]


def _quotes(prices: tuple[Decimal, ...], suffix: str) -> dict[str, str]:
    return {
        f"open{suffix}": dollars(prices[0]),
        f"low{suffix}": dollars(min(prices)),
        f"high{suffix}": dollars(max(prices)),
        f"close{suffix}": dollars(prices[-1]),
    }


def _previous(bar: Bar) -> str | None:
    return None if bar.previous is None else dollars(bar.previous)


def bar_row(bar: Bar) -> dict[str, Any]:
    """A candle of the live tier; without trades its prices are absent but the previous one."""
    price: dict[str, Any] = {}
    if bar.prices:
        price = {**_quotes(bar.prices, "_dollars"), "mean_dollars": dollars(bar.mean)}
    if bar.previous is not None:
        price["previous_dollars"] = dollars(bar.previous)
    return {
        "end_period_ts": bar.end,
        "yes_bid": _quotes(bar.bids, "_dollars"),
        "yes_ask": _quotes(bar.asks, "_dollars"),
        "price": price,
        "volume_fp": count(bar.volume),
        "open_interest_fp": count(bar.open_interest),
    }


def latest_row(bar: Bar, end: int) -> dict[str, Any]:
    """The last candle before the asked ones, carried forward: nulls, and its close as the previous price."""
    last = bar.prices[-1] if bar.prices else bar.previous
    empty = dict.fromkeys(("open_dollars", "low_dollars", "high_dollars", "close_dollars", "mean_dollars"))
    return {
        "end_period_ts": end,
        "yes_bid": _quotes(bar.bids[-1:], "_dollars"),
        "yes_ask": _quotes(bar.asks[-1:], "_dollars"),
        "price": {**empty, "previous_dollars": None if last is None else dollars(last)},
        "volume_fp": count(Decimal(0)),
        "open_interest_fp": count(bar.open_interest),
    }


def old_bar_row(bar: Bar) -> dict[str, Any]:
    """A candle of the historical tier; without trades its prices are null."""
    names = ("open", "low", "high", "close", "mean")
    price: dict[str, Any] = dict.fromkeys(names)
    if bar.prices:
        price = {**_quotes(bar.prices, ""), "mean": dollars(bar.mean)}
    return {
        "end_period_ts": bar.end,
        "yes_bid": _quotes(bar.bids, ""),
        "yes_ask": _quotes(bar.asks, ""),
        "price": {**price, "previous": _previous(bar)},
        "volume": count(bar.volume),
        "open_interest": count(bar.open_interest),
    }
