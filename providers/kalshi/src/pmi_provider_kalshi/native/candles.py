"""Candlesticks with all that the venue tells of them: of one market, and of a whole event (public)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.transport.codec import decode
from pmi_core.transport.question import Params
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import moment_of, seconds_of
from pmi_provider_kalshi.wire.told import Told

__all__ = ["CandleSet", "Candlestick", "EventCandles", "Offers", "Traded"]

_CAPABILITY: Final = "candlesticks"
_INTERVALS: Final = (1, 60, 1440)


class Offers(Told, frozen=True):
    """The best offers of one side in dollars; 0 or 1 where there was none."""

    open_dollars: Decimal
    low_dollars: Decimal
    high_dollars: Decimal
    close_dollars: Decimal


class Traded(Told, frozen=True):
    """What was traded in dollars; None without a trade."""

    open_dollars: Decimal | None = None
    low_dollars: Decimal | None = None
    high_dollars: Decimal | None = None
    close_dollars: Decimal | None = None
    mean_dollars: Decimal | None = None
    previous_dollars: Decimal | None = None
    """The last trade before the period."""
    min_dollars: Decimal | None = None
    max_dollars: Decimal | None = None


class Candlestick(Told, frozen=True):
    """One period of a market."""

    end_period_ts: int
    yes_bid: Offers
    yes_ask: Offers
    price: Traded
    volume_fp: Decimal
    open_interest_fp: Decimal

    @property
    def end(self) -> datetime:
        """When the period ended."""
        return moment_of(self.end_period_ts)


class EventCandles(msgspec.Struct, frozen=True):
    """The periods of each market of an event, by ticker."""

    markets: dict[str, tuple[Candlestick, ...]]
    adjusted_end: datetime | None
    """How far the answer goes where the stretch holds more than one answer may; go on from there."""


class _OfMarket(msgspec.Struct):
    ticker: str
    candlesticks: list[Candlestick]


class _OfEvent(msgspec.Struct):
    market_tickers: list[str]
    market_candlesticks: list[list[msgspec.Raw]]
    adjusted_end_ts: int


class CandleSet:
    """``venue.native.candles``; the slot ``candles`` gives neutral ones, over both tiers."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def of_market(
        self,
        series_ticker: str,
        market_ticker: str,
        *,
        start: datetime,
        end: datetime,
        minutes: int = 60,
        latest_before: bool = False,
    ) -> tuple[Candlestick, ...]:
        """GET /series/{series_ticker}/markets/{ticker}/candlesticks, live tier.

        Args:
            series_ticker: the market's series.
            market_ticker: the market.
            start: of the stretch.
            end: of the stretch.
            minutes: the length of a period: 1, 60 or 1440.
            latest_before: whether what held before the stretch comes first, as a period without trades.

        Raises:
            RequestError: the stretch or the length is none.
        """
        params = {**_stretch(start, end, minutes), "include_latest_before_start": latest_before or None}
        answer = await self._caller.get(
            _OfMarket,
            "/series/{series_ticker}/markets/{market_ticker}/candlesticks",
            _CAPABILITY,
            params=params,
            rows="candlesticks",
            series_ticker=series_ticker,
            market_ticker=market_ticker,
        )
        return tuple(answer.candlesticks)

    async def of_event(
        self, series_ticker: str, event_ticker: str, *, start: datetime, end: datetime, minutes: int = 60
    ) -> EventCandles:
        """GET /series/{series_ticker}/events/{ticker}/candlesticks, live tier.

        Raises:
            RequestError: the stretch or the length is none.
        """
        answer = await self._caller.get(
            _OfEvent,
            "/series/{series_ticker}/events/{event_ticker}/candlesticks",
            _CAPABILITY,
            params=_stretch(start, end, minutes),
            series_ticker=series_ticker,
            event_ticker=event_ticker,
        )
        if len(answer.market_tickers) != len(answer.market_candlesticks):
            raise UnexpectedAnswer(
                f"candlesticks of {len(answer.market_candlesticks)} markets come with"
                f" {len(answer.market_tickers)} tickers",
                venue=self._caller.http.venue,
                capability=_CAPABILITY,
            )
        markets = {
            ticker: tuple(self._caller.faults.translated(rows, _read, _CAPABILITY))
            for ticker, rows in zip(answer.market_tickers, answer.market_candlesticks, strict=True)
        }
        return EventCandles(markets, moment_of(answer.adjusted_end_ts) if answer.adjusted_end_ts else None)


def _read(row: msgspec.Raw) -> Candlestick:
    return decode(Candlestick, bytes(row))


def _stretch(start: datetime, end: datetime, minutes: int) -> Params:
    if minutes not in _INTERVALS:
        raise RequestError(f"a period has one of {_INTERVALS} minutes, not {minutes}")
    first, last = seconds_of(start), seconds_of(end)
    if start > end:
        raise RequestError("a stretch ends after it begins")
    return {"start_ts": first, "end_ts": last, "period_interval": minutes}
