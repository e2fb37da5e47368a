"""Markets by listing and by ref."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, UnexpectedAnswer
from pmi_core.identifiers import EventRef, MarketRef, SeriesRef
from pmi_core.models import Market, MarketQuery, MarketStatus, Page
from pmi_core.models.model import building_many
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.kept import Kept
from pmi_provider_kalshi.limits import MOST_MARKETS, MOST_TICKERS
from pmi_provider_kalshi.listing import Part, Rows, next_place, page_of
from pmi_provider_kalshi.market_parts import MarketPart, keeps, market_parts
from pmi_provider_kalshi.slices import offset_of
from pmi_provider_kalshi.translate.markets import market as translate

__all__ = ["Markets"]

_CAPABILITY: Final = Capability.MARKETS
_DAY: Final = 86_400.0
_AT_ONCE: Final = 250


class Markets:
    """The slot ``markets``.

    A market's row says nothing of fees: ``fees`` is None here, and known on the markets of
    ``get_event`` and on series.
    """

    def __init__(self, client: Client, archive: Archive, clock: Clock, venue: str) -> None:
        self._client = client
        self._archive = archive
        self._clock = clock
        self._venue = venue
        self._series_of: Kept[EventRef, str] = Kept(clock, seconds=_DAY, most=1000)

    @placed(_CAPABILITY)
    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        """List markets, combos included; a page may hold fewer rows than asked for and go on."""
        for ref in (query.event_ref, query.series_ref, *query.market_refs):
            if ref is not None:
                ref.at(self._venue)
        event, series = query.event_ref, query.series_ref
        if event is not None and series is not None and not await self._is_in(event, series):
            return Page[Market](items=())
        if query.market_refs:
            return await self._list_named(query)
        cutoff = None
        if query.status in (None, MarketStatus.SETTLED):
            cutoff = (await self._archive.cutoffs(capability=_CAPABILITY)).settled
        parts = [
            Part(part.name, partial(self._fetch, query, part))
            for part in market_parts(query, self._clock.now(), cutoff)
        ]
        rows, cursor = await page_of(query, min(query.limit, MOST_MARKETS), query.cursor, parts, self._venue)
        return Page[Market].trusted({"items": tuple(rows), "cursor": cursor})

    @placed(_CAPABILITY)
    async def get_market(self, market: MarketRef | str) -> Market:
        """Read one market, archived ones included.

        Raises:
            NotFound: the venue knows no such market.
        """
        ticker = MarketRef(market).at(self._venue)
        row = await self._archive.market(ticker, capability=_CAPABILITY)
        return translate(row, self._venue, self._clock.now())

    async def _fetch(
        self, query: MarketQuery, part: MarketPart, limit: int, cursor: str | None
    ) -> Rows[Market]:
        ask = self._archive.market_page if part.archived else self._client.markets
        answer = await ask({**part.filters, "limit": limit, "cursor": cursor}, capability=_CAPABILITY)
        rows: list[Market] = []
        now = self._clock.now()
        for at in range(0, len(answer.markets), _AT_ONCE):
            chunk = answer.markets[at : at + _AT_ONCE]
            try:
                with building_many():
                    made = [translate(row, self._venue, now) for row in chunk]
            except UnexpectedAnswer:  # then row by row, so that the others are not lost
                made = self._archive.faults.translated(
                    chunk, lambda row: translate(row, self._venue, now), _CAPABILITY
                )
            rows += made
            await asyncio.sleep(0)  # a page of a thousand must not hold up whoever else runs here
        return [row for row in rows if keeps(query, row)], answer.cursor

    async def _list_named(self, query: MarketQuery) -> Page[Market]:
        refs = list(dict.fromkeys(ref.market for ref in query.market_refs))
        start = offset_of(query, len(refs))
        end = start + min(query.limit, MOST_TICKERS)
        tickers = [ref.native for ref in refs[start:end]]
        found = await self._archive.markets(tickers, capability=_CAPABILITY)
        now = self._clock.now()
        rows = [translate(found[ticker], self._venue, now) for ticker in tickers if ticker in found]
        rows = [row for row in rows if keeps(query, row) and query.event_ref in (None, row.event_ref)]
        if query.series_ref is not None and query.event_ref is None:
            events = {row.event_ref for row in rows if row.event_ref is not None}
            inside = {event for event in events if await self._is_in(event, query.series_ref)}
            rows = [row for row in rows if row.event_ref in inside]
        cursor = next_place(query, "from", str(end)) if end < len(refs) else None
        return Page[Market].trusted({"items": tuple(rows), "cursor": cursor})

    async def _is_in(self, event: EventRef, series: SeriesRef) -> bool:
        """Whether an event is one of a series; a market's row and the archive's filters do not say."""

        async def fetch() -> str:
            asked = {"exclude_markets": True}
            return (await self._client.event(event.native, asked, capability=_CAPABILITY)).event.series_ticker

        try:
            return await self._series_of.get(event, fetch) == series.native
        except NotFound:
            return False
