"""Events and the series they belong to."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound
from pmi_core.identifiers import EventRef, SeriesRef
from pmi_core.models import Event, EventQuery, Market, MarketStatus, Page, Series, SeriesQuery
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.fees import FeeTerms
from pmi_provider_kalshi.kept import Kept
from pmi_provider_kalshi.limits import MOST_EVENTS, MOST_MARKETS
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.slices import slice_of
from pmi_provider_kalshi.translate import events as translate
from pmi_provider_kalshi.translate.markets import market as translate_market
from pmi_provider_kalshi.translate.numbers import time
from pmi_provider_kalshi.wire import event as wire
from pmi_provider_kalshi.wire import series as wire_series
from pmi_provider_kalshi.wire.market import Market as WireMarket

__all__ = ["Events"]

_CAPABILITY: Final = Capability.EVENTS
_COMBOS: Final = "KXMVE"
"""How the tickers of combo series begin; GET /events leaves their events out."""
_STATUSES: Final = {
    MarketStatus.UNOPENED: "unopened",
    MarketStatus.OPEN: "open",
    MarketStatus.CLOSED: "closed",
    MarketStatus.DETERMINED: "closed",
    MarketStatus.SETTLED: "settled",
}
_UNTOLD: Final = (MarketStatus.CLOSED, MarketStatus.DETERMINED)
"""Statuses that the venue lists under one word."""


class Events:
    """The slot ``events``.

    An event is listed under a status if any of its markets has it, as the venue has it.
    """

    def __init__(self, client: Client, archive: Archive, clock: Clock, venue: str, terms: FeeTerms) -> None:
        self._client = client
        self._archive = archive
        self._clock = clock
        self._venue = venue
        self._terms = terms
        self._series: Kept[str, wire_series.Series] = Kept(clock, seconds=300, most=256)
        self._lists: Kept[tuple[str | None, str | None], list[wire_series.Series]] = Kept(
            clock, seconds=300, most=2
        )

    @placed(_CAPABILITY)
    async def list_events(self, query: EventQuery) -> Page[Event]:
        """List events; combos only where their own series is asked for."""
        series = query.series_ref.at(self._venue) if query.series_ref is not None else None
        if query.status is MarketStatus.VOIDED:
            return Page[Event](items=())
        combos = series is not None and series.startswith(_COMBOS)
        part = Part("combos" if combos else "all", partial(self._fetch, query, series, combos=combos))
        limit = min(query.limit, MOST_EVENTS)
        rows, cursor = await page_of(query, limit, query.cursor, [part], self._venue)
        return Page[Event].trusted({"items": tuple(rows), "cursor": cursor})

    @placed(_CAPABILITY)
    async def get_event(self, event: EventRef | str) -> Event:
        """Read one event with all its markets, archived ones included, and their fees.

        Raises:
            NotFound: the venue knows no such event.
        """
        ticker = EventRef(event).at(self._venue)
        row = await self._event(ticker)
        rows = {market.ticker: market for market in row.markets or ()}
        cutoff = (await self._archive.cutoffs(capability=_CAPABILITY)).settled
        if not rows or any(_opened_before(market, cutoff) for market in rows.values()):
            rows = {**await self._archived(ticker), **rows}
        fees = translate.event_fees(row, await self._series_row(row.series_ticker), self._terms)
        sources = translate.sources(row.settlement_sources)
        now = self._clock.now()
        markets = tuple(
            translate_market(market, self._venue, now, fees=fees, sources=sources) for market in rows.values()
        )
        return translate.event(row, self._venue, markets)

    @placed(_CAPABILITY)
    async def list_series(self, query: SeriesQuery) -> Page[Series]:
        """List series; the venue gives its list whole, and it is kept for five minutes."""

        async def fetch() -> list[wire_series.Series]:
            filters = {"category": query.category, "tags": query.tag}
            return (await self._client.series_list(filters, capability=_CAPABILITY)).series

        rows, cursor = slice_of(query, await self._lists.get((query.category, query.tag), fetch))
        items = tuple(
            self._archive.faults.translated(
                rows, lambda row: translate.series(row, self._venue, self._terms), _CAPABILITY
            )
        )
        return Page[Series].trusted({"items": items, "cursor": cursor})

    @placed(_CAPABILITY)
    async def get_series(self, series: SeriesRef | str) -> Series:
        """Read one series with its fees.

        Raises:
            NotFound: the venue knows no such series.
        """
        ticker = SeriesRef(series).at(self._venue)
        answer = await self._client.series(ticker, capability=_CAPABILITY)
        return translate.series(answer.series, self._venue, self._terms)

    async def _fetch(
        self, query: EventQuery, series: str | None, limit: int, cursor: str | None, *, combos: bool
    ) -> Rows[Event]:
        by_markets = query.status is not None and (combos or query.status in _UNTOLD)
        filters: dict[str, str | int | None] = {
            "limit": limit,
            "cursor": cursor,
            "series_ticker": series,
            "with_nested_markets": True if query.with_markets or by_markets else None,
        }
        if combos:
            answer = await self._client.combo_events(filters, capability=_CAPABILITY)
        else:
            filters["status"] = None if query.status is None else _STATUSES[query.status]
            answer = await self._client.events(filters, capability=_CAPABILITY)

        def made(row: wire.Event) -> Event | None:
            if query.category is not None and row.category != query.category:
                return None
            markets = self._markets(row)
            if by_markets and all(market.status is not query.status for market in markets):
                return None
            return translate.event(row, self._venue, markets if query.with_markets else ())

        found = self._archive.faults.translated(answer.events, made, _CAPABILITY)
        return [event for event in found if event is not None], answer.cursor

    def _markets(self, row: wire.Event) -> tuple[Market, ...]:
        if not row.markets:
            return ()
        now = self._clock.now()
        fees = translate.event_fees(row, None, self._terms)
        sources = translate.sources(row.settlement_sources)
        return tuple(
            translate_market(market, self._venue, now, fees=fees, sources=sources) for market in row.markets
        )

    async def _event(self, ticker: str) -> wire.Event:
        """The event with its live markets inside; combos stand in a list of their own."""
        try:
            answer = await self._client.event(ticker, {"with_nested_markets": True}, capability=_CAPABILITY)
        except NotFound:
            filters: dict[str, str | int] = {"tickers": ticker, "with_nested_markets": True, "limit": 1}
            combos = await self._client.combo_events(filters, capability=_CAPABILITY)
            for event in combos.events:
                if event.event_ticker == ticker:
                    return event
            raise
        if answer.event.markets is None:
            return msgspec.structs.replace(answer.event, markets=answer.markets)
        return answer.event

    async def _archived(self, ticker: str) -> dict[str, WireMarket]:
        found: dict[str, WireMarket] = {}
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            answer = await self._archive.market_page(
                {"event_ticker": ticker, "limit": MOST_MARKETS, "cursor": cursor}, capability=_CAPABILITY
            )
            found |= {market.ticker: market for market in answer.markets}
            cursor = answer.cursor
            if not cursor or cursor in seen:
                return found
            seen.add(cursor)

    async def _series_row(self, ticker: str) -> wire_series.Series | None:
        async def fetch() -> wire_series.Series:
            return (await self._client.series(ticker, capability=_CAPABILITY)).series

        try:
            return await self._series.get(ticker, fetch) if ticker else None
        except NotFound:
            return None


def _opened_before(market: WireMarket, moment: datetime) -> bool:
    try:
        opened = time(market.open_time)
    except ValueError:  # the translation names the field
        return False
    return opened is None or opened < moment
