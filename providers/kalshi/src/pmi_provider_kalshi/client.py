"""Addresses and parameters: one method per endpoint, answers as the venue's own structs.

Every call here is public and unsigned.  Times in queries are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmi_core.transport.question import Params
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.faults import Faults
from pmi_provider_kalshi.wire.book import BookAnswer, BooksAnswer
from pmi_provider_kalshi.wire.candle import ArchivedCandlesAnswer, LiveCandlesAnswer
from pmi_provider_kalshi.wire.event import EventAnswer, EventsAnswer
from pmi_provider_kalshi.wire.market import MarketAnswer, MarketsAnswer
from pmi_provider_kalshi.wire.milestone import MilestonesAnswer
from pmi_provider_kalshi.wire.series import SeriesAnswer, SeriesListAnswer
from pmi_provider_kalshi.wire.status import Cutoff, Exchange
from pmi_provider_kalshi.wire.trade import TradesAnswer

__all__ = ["Client"]


class Client:
    """The venue's public endpoints (OpenAPI 3.34.0); ``capability`` names the slot that asks."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @property
    def faults(self) -> Faults:
        """Rows that made no sense."""
        return self._caller.faults

    async def exchange_status(self, *, capability: str) -> Exchange:
        """GET /exchange/status."""
        return await self._caller.get(Exchange, "/exchange/status", capability)

    async def historical_cutoff(self, *, capability: str) -> Cutoff:
        """GET /historical/cutoff."""
        return await self._caller.get(Cutoff, "/historical/cutoff", capability)

    async def markets(self, filters: Params, *, capability: str) -> MarketsAnswer:
        """GET /markets."""
        return await self._caller.get(MarketsAnswer, "/markets", capability, params=filters, rows="markets")

    async def market(self, ticker: str, *, capability: str) -> MarketAnswer:
        """GET /markets/{ticker}."""
        return await self._caller.get(MarketAnswer, "/markets/{ticker}", capability, ticker=ticker)

    async def archived_markets(self, filters: Params, *, capability: str) -> MarketsAnswer:
        """GET /historical/markets; its filters exclude each other."""
        return await self._caller.get(
            MarketsAnswer, "/historical/markets", capability, params=filters, rows="markets"
        )

    async def archived_market(self, ticker: str, *, capability: str) -> MarketAnswer:
        """GET /historical/markets/{ticker}."""
        return await self._caller.get(MarketAnswer, "/historical/markets/{ticker}", capability, ticker=ticker)

    async def events(self, filters: Params, *, capability: str) -> EventsAnswer:
        """GET /events, which leaves combos out."""
        return await self._caller.get(EventsAnswer, "/events", capability, params=filters, rows="events")

    async def combo_events(self, filters: Params, *, capability: str) -> EventsAnswer:
        """GET /events/multivariate."""
        return await self._caller.get(
            EventsAnswer, "/events/multivariate", capability, params=filters, rows="events"
        )

    async def event(self, ticker: str, filters: Params, *, capability: str) -> EventAnswer:
        """GET /events/{event_ticker}."""
        return await self._caller.get(
            EventAnswer, "/events/{ticker}", capability, params=filters, ticker=ticker
        )

    async def series_list(self, filters: Params, *, capability: str) -> SeriesListAnswer:
        """GET /series, the whole list at once."""
        return await self._caller.get(SeriesListAnswer, "/series", capability, params=filters, rows="series")

    async def series(self, ticker: str, *, capability: str) -> SeriesAnswer:
        """GET /series/{series_ticker}."""
        return await self._caller.get(SeriesAnswer, "/series/{ticker}", capability, ticker=ticker)

    async def orderbook(self, ticker: str, depth: int | None, *, capability: str) -> BookAnswer:
        """GET /markets/{ticker}/orderbook; all levels without a depth."""
        path = "/markets/{ticker}/orderbook"
        return await self._caller.get(BookAnswer, path, capability, params={"depth": depth}, ticker=ticker)

    async def orderbooks(self, tickers: Sequence[str], *, capability: str) -> BooksAnswer:
        """GET /markets/orderbooks; the parameter is repeated, up to 100 times."""
        return await self._caller.get(
            BooksAnswer, "/markets/orderbooks", capability, params={"tickers": list(tickers)}
        )

    async def trades(self, filters: Params, *, capability: str) -> TradesAnswer:
        """GET /markets/trades, newest first."""
        return await self._caller.get(
            TradesAnswer, "/markets/trades", capability, params=filters, rows="trades"
        )

    async def archived_trades(self, filters: Params, *, capability: str) -> TradesAnswer:
        """GET /historical/trades, newest first."""
        return await self._caller.get(
            TradesAnswer, "/historical/trades", capability, params=filters, rows="trades"
        )

    async def candlesticks(self, filters: Params, *, capability: str) -> LiveCandlesAnswer:
        """GET /markets/candlesticks, which unlike the endpoint of one market needs no series."""
        return await self._caller.get(LiveCandlesAnswer, "/markets/candlesticks", capability, params=filters)

    async def archived_candlesticks(
        self, ticker: str, filters: Params, *, capability: str
    ) -> ArchivedCandlesAnswer:
        """GET /historical/markets/{ticker}/candlesticks."""
        path = "/historical/markets/{ticker}/candlesticks"
        return await self._caller.get(ArchivedCandlesAnswer, path, capability, params=filters, ticker=ticker)

    async def milestones(self, filters: Params, *, capability: str) -> MilestonesAnswer:
        """GET /milestones."""
        return await self._caller.get(
            MilestonesAnswer, "/milestones", capability, params=filters, rows="milestones"
        )
