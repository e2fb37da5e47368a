"""What the market thinks of an event as a number, over time, and how events are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

import msgspec

from pmi_core.errors import RequestError
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.native.pages import moment_of, seconds_of
from pmi_provider_kalshi.wire.event import SettlementSource
from pmi_provider_kalshi.wire.told import Told

__all__ = ["EventMetadata", "Forecast", "ForecastSet", "MarketMetadata", "Percentile"]

_CAPABILITY: Final = "forecasts"
_INTERVALS: Final = (0, 1, 60, 1440)
_HIGHEST: Final = 9999


class Percentile(Told, frozen=True):
    """The value below which the market puts a share of the chance, ``percentile`` of 10,000."""

    signed: ClassVar = frozenset({"raw_numerical_forecast", "numerical_forecast"})

    percentile: int
    raw_numerical_forecast: Decimal
    numerical_forecast: Decimal
    formatted_forecast: str


class Forecast(Told, frozen=True):
    """The percentiles at the end of one period."""

    event_ticker: str
    end_period_ts: int
    period_interval: int
    percentile_points: tuple[Percentile, ...]

    @property
    def end(self) -> datetime:
        """When the period ended."""
        return moment_of(self.end_period_ts)


class MarketMetadata(msgspec.Struct, frozen=True):
    """How a market is shown."""

    market_ticker: str
    image_url: str = ""
    color_code: str = ""


class EventMetadata(msgspec.Struct, frozen=True):
    """How an event is shown, its competition and its sources."""

    image_url: str = ""
    featured_image_url: str | None = None
    market_details: tuple[MarketMetadata, ...] = ()
    settlement_sources: tuple[SettlementSource, ...] | None = None
    competition: str | None = None
    competition_scope: str | None = None


class _History(msgspec.Struct):
    forecast_history: list[Forecast]


class ForecastSet:
    """``venue.native.forecasts``; the history needs a key."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def history(
        self,
        series_ticker: str,
        event_ticker: str,
        *,
        percentiles: Sequence[int],
        start: datetime,
        end: datetime,
        minutes: int = 60,
    ) -> tuple[Forecast, ...]:
        """GET /series/{series_ticker}/events/{ticker}/forecast_percentile_history.

        Args:
            series_ticker: the event's series.
            event_ticker: the event.
            percentiles: up to ten numbers from 0 to 9999.
            start: the first period's end.
            end: the last period's end.
            minutes: the length of a period: 0 for the finest (5 seconds), 1, 60 or 1440.

        Raises:
            RequestError: a number is none of these.
        """
        if not 1 <= len(percentiles) <= 10 or any(not 0 <= one <= _HIGHEST for one in percentiles):
            raise RequestError(f"give 1 to 10 percentiles from 0 to {_HIGHEST}")
        if minutes not in _INTERVALS:
            raise RequestError(f"a period has one of {_INTERVALS} minutes, not {minutes}")
        params = {
            "percentiles": list(percentiles),
            "start_ts": seconds_of(start),
            "end_ts": seconds_of(end),
            "period_interval": minutes,
        }
        answer = await self._caller.get(
            _History,
            "/series/{series_ticker}/events/{event_ticker}/forecast_percentile_history",
            _CAPABILITY,
            params=params,
            signed=True,
            rows="forecast_history",
            series_ticker=series_ticker,
            event_ticker=event_ticker,
        )
        return tuple(answer.forecast_history)

    async def metadata(self, event_ticker: str) -> EventMetadata:
        """GET /events/{event_ticker}/metadata, which is public."""
        path = "/events/{event_ticker}/metadata"
        return await self._caller.get(EventMetadata, path, _CAPABILITY, event_ticker=event_ticker)
