"""Markets by listing and by ref, and what texts name them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from pmi_core.errors import MalformedRef
from pmi_core.identifiers import MarketRef
from pmi_core.models import Market, MarketQuery, Page
from pmi_provider_paper.board import Board
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page

__all__ = ["PaperMarkets"]

_SCHEME = "paper"
_PLACE = "markets"


class PaperMarkets:
    """Keeps :class:`pmi_core.capabilities.MarketReader`."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        with self._house.turn("markets", "list_markets") as now:
            return cut_page(
                self._rows(query, now),
                query.limit,
                query.cursor,
                key=lambda listing: listing.code,
                show=lambda listing: self._board.market(listing, now),
            )

    def _rows(self, query: MarketQuery, now: datetime) -> Iterator[Listing]:
        house = self._house
        event = None if query.event_ref is None else house.native(query.event_ref)
        series = None if query.series_ref is None else house.native(query.series_ref)
        after, before = query.closes_after, query.closes_before
        for listing in self._candidates(query, event, now):
            plan = listing.event
            if (
                (event is None or plan.code == event)
                and (series is None or plan.series.code == series)
                and (query.status is None or house.status(listing, now) is query.status)
                and (after is None or plan.announced_close(now) >= after)
                and (before is None or plan.announced_close(now) <= before)
            ):
                yield listing

    def _candidates(self, query: MarketQuery, event: str | None, now: datetime) -> Iterator[Listing]:
        house = self._house
        if query.market_refs:
            found = (house.lookup(house.native(ref)) for ref in dict.fromkeys(query.market_refs))
            yield from (listing for listing in found if listing is not None)
            return
        if event is not None:
            plan = house.scenario.event(event)
            if plan is not None:
                yield from house.scenario.markets(plan)
            combo = house.lookup(event)
            if combo is not None and combo.market.legs:
                yield combo
            return
        for plan in house.scenario.listed(now):
            yield from house.scenario.markets(plan)
        yield from house.combos()

    async def get_market(self, market: MarketRef | str) -> Market:
        with self._house.turn("markets", "get_market") as now:
            return self._board.market(self._house.listing(market), now)

    async def resolve(self, text: str) -> MarketRef | None:
        """The market that a ref, a code, a title written with hyphens, or an address names.

        Addresses are ``paper://markets/CODE``, with ``#no`` for the NO outcome.
        """
        with self._house.turn("markets", "resolve") as now:
            return self._find(text, now)

    def _find(self, text: str, now: datetime) -> MarketRef | None:
        house = self._house
        if "://" in text:
            parts = urlsplit(text)
            if parts.scheme != _SCHEME or parts.netloc != _PLACE:
                return None
            text = parts.path.strip("/") + (f"#{parts.fragment}" if parts.fragment else "")
        elif text.startswith(f"{house.name}:"):
            text = text.removeprefix(f"{house.name}:")
        code, mark, side = text.partition("#")
        if mark and side not in ("yes", "no"):
            return None
        listing = house.lookup(code) or house.lookup(code.upper()) or self._by_title(code, now)
        if listing is None:
            return None
        try:
            ref = MarketRef.make(house.name, listing.code)
            return ref.of(side) if mark else ref
        except MalformedRef:
            return None

    def _by_title(self, text: str, now: datetime) -> Listing | None:
        wanted = _slug(text)
        if not wanted:
            return None
        for plan in self._house.scenario.listed(now):
            for listing in self._house.scenario.markets(plan):
                if _slug(listing.market.title) == wanted:
                    return listing
            if len(plan.markets) == 1 and _slug(plan.title) == wanted:
                return self._house.scenario.markets(plan)[0]
        return None


def _slug(text: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())
