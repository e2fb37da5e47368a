"""Candles of both tiers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pmi_core.errors import UnexpectedAnswer
from pmi_core.models import Candle, CandleInterval
from pmi_provider_kalshi.translate.numbers import count, quote
from pmi_provider_kalshi.wire.candle import ArchivedCandle, LiveCandle

__all__ = ["archived_candle", "live_candle"]


def live_candle(row: LiveCandle, interval: CandleInterval) -> Candle:
    """Translate a candle of the live tier.

    Raises:
        UnexpectedAnswer: a price or count is none.
    """
    traded = row.price
    return _candle(
        row.end_period_ts,
        interval,
        (traded.open_dollars, traded.high_dollars, traded.low_dollars, traded.close_dollars),
        (row.yes_bid.close_dollars, row.yes_ask.close_dollars),
        (row.volume_fp, row.open_interest_fp),
    )


def archived_candle(row: ArchivedCandle, interval: CandleInterval) -> Candle:
    """Translate a candle of the historical tier, whose fields have other names.

    Raises:
        UnexpectedAnswer: a price or count is none.
    """
    traded = row.price
    return _candle(
        row.end_period_ts,
        interval,
        (traded.open, traded.high, traded.low, traded.close),
        (row.yes_bid.close, row.yes_ask.close),
        (row.volume, row.open_interest),
    )


def _candle(
    end_ts: int,
    interval: CandleInterval,
    traded: tuple[str | None, str | None, str | None, str | None],
    quoted: tuple[str, str],
    counted: tuple[str, str],
) -> Candle:
    try:
        end = datetime.fromtimestamp(end_ts, UTC)
        prices: list[Any] = [None if text is None else quote(text)[0] for text in traded]
        bid, ask = (quote(text)[0] for text in quoted)
        volume, open_interest = (count(text) for text in counted)
        if not volume:
            prices = [None] * len(prices)
    except (ValueError, OverflowError, OSError) as error:
        raise UnexpectedAnswer(f"the candle that ends at {end_ts}: {error}") from error
    return Candle.trusted(
        {
            "start": end - timedelta(seconds=interval.seconds),
            "end": end,
            "open": prices[0],
            "high": prices[1],
            "low": prices[2],
            "close": prices[3],
            "bid_close": bid,
            "ask_close": ask,
            "volume": volume,
            "open_interest": open_interest,
        }
    )
