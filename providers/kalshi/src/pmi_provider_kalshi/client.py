"""Addresses and parameters: one method per endpoint, answers as the venue's own structs.

Every call is public and unsigned.  Times in queries are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Final, TypeVar
from urllib.parse import quote

from pmi_core.models.model import building_many
from pmi_core.transport.codec import decode
from pmi_core.transport.http import HttpClient
from pmi_core.transport.question import Params
from pmi_provider_kalshi.limits import CALL_COST, READ
from pmi_provider_kalshi.wire.book import BookAnswer, BooksAnswer
from pmi_provider_kalshi.wire.candle import ArchivedCandlesAnswer, LiveCandlesAnswer
from pmi_provider_kalshi.wire.event import EventAnswer, EventsAnswer
from pmi_provider_kalshi.wire.market import MarketAnswer, MarketsAnswer
from pmi_provider_kalshi.wire.milestone import MilestonesAnswer
from pmi_provider_kalshi.wire.series import SeriesAnswer, SeriesListAnswer
from pmi_provider_kalshi.wire.status import Cutoff, Exchange
from pmi_provider_kalshi.wire.trade import TradesAnswer

__all__ = ["Client"]

_LARGE: Final = 100_000
"""Bytes from which on an answer holds hundreds of rows."""

Shape = TypeVar("Shape")


class Client:
    """The venue's public endpoints (OpenAPI 3.34.0); ``capability`` names the slot that asks."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def exchange_status(self, *, capability: str) -> Exchange:
        """GET /exchange/status."""
        return await self._get(Exchange, "/exchange/status", capability)

    async def historical_cutoff(self, *, capability: str) -> Cutoff:
        """GET /historical/cutoff."""
        return await self._get(Cutoff, "/historical/cutoff", capability)

    async def markets(self, filters: Params, *, capability: str) -> MarketsAnswer:
        """GET /markets."""
        return await self._get(MarketsAnswer, "/markets", capability, filters)

    async def market(self, ticker: str, *, capability: str) -> MarketAnswer:
        """GET /markets/{ticker}."""
        return await self._get(MarketAnswer, f"/markets/{_part(ticker)}", capability)

    async def archived_markets(self, filters: Params, *, capability: str) -> MarketsAnswer:
        """GET /historical/markets; its filters exclude each other."""
        return await self._get(MarketsAnswer, "/historical/markets", capability, filters)

    async def archived_market(self, ticker: str, *, capability: str) -> MarketAnswer:
        """GET /historical/markets/{ticker}."""
        return await self._get(MarketAnswer, f"/historical/markets/{_part(ticker)}", capability)

    async def events(self, filters: Params, *, capability: str) -> EventsAnswer:
        """GET /events, which leaves combos out."""
        return await self._get(EventsAnswer, "/events", capability, filters)

    async def combo_events(self, filters: Params, *, capability: str) -> EventsAnswer:
        """GET /events/multivariate."""
        return await self._get(EventsAnswer, "/events/multivariate", capability, filters)

    async def event(self, ticker: str, filters: Params, *, capability: str) -> EventAnswer:
        """GET /events/{event_ticker}."""
        return await self._get(EventAnswer, f"/events/{_part(ticker)}", capability, filters)

    async def series_list(self, filters: Params, *, capability: str) -> SeriesListAnswer:
        """GET /series, the whole list at once."""
        return await self._get(SeriesListAnswer, "/series", capability, filters)

    async def series(self, ticker: str, *, capability: str) -> SeriesAnswer:
        """GET /series/{series_ticker}."""
        return await self._get(SeriesAnswer, f"/series/{_part(ticker)}", capability)

    async def orderbook(self, ticker: str, depth: int | None, *, capability: str) -> BookAnswer:
        """GET /markets/{ticker}/orderbook; all levels without a depth."""
        path = f"/markets/{_part(ticker)}/orderbook"
        return await self._get(BookAnswer, path, capability, {"depth": depth})

    async def orderbooks(self, tickers: Sequence[str], *, capability: str) -> BooksAnswer:
        """GET /markets/orderbooks; the parameter is repeated, up to 100 times."""
        return await self._get(BooksAnswer, "/markets/orderbooks", capability, {"tickers": list(tickers)})

    async def trades(self, filters: Params, *, capability: str) -> TradesAnswer:
        """GET /markets/trades, newest first."""
        return await self._get(TradesAnswer, "/markets/trades", capability, filters)

    async def archived_trades(self, filters: Params, *, capability: str) -> TradesAnswer:
        """GET /historical/trades, newest first."""
        return await self._get(TradesAnswer, "/historical/trades", capability, filters)

    async def candlesticks(self, filters: Params, *, capability: str) -> LiveCandlesAnswer:
        """GET /markets/candlesticks, which unlike the endpoint of one market needs no series."""
        return await self._get(LiveCandlesAnswer, "/markets/candlesticks", capability, filters)

    async def archived_candlesticks(
        self, ticker: str, filters: Params, *, capability: str
    ) -> ArchivedCandlesAnswer:
        """GET /historical/markets/{ticker}/candlesticks."""
        path = f"/historical/markets/{_part(ticker)}/candlesticks"
        return await self._get(ArchivedCandlesAnswer, path, capability, filters)

    async def milestones(self, filters: Params, *, capability: str) -> MilestonesAnswer:
        """GET /milestones."""
        return await self._get(MilestonesAnswer, "/milestones", capability, filters)

    async def _get(
        self, shape: type[Shape], path: str, capability: str, params: Params | None = None
    ) -> Shape:
        body = await self._http.get(path, params=params, capability=capability, bucket=READ, cost=CALL_COST)
        with building_many() if len(body) > _LARGE else nullcontext():
            return decode(shape, body, venue=self._http.venue, capability=capability)


def _part(ticker: str) -> str:
    return quote(ticker, safe="")
