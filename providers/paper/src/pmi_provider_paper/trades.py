"""Public trades: the members' own, and those in which the account took part."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta

from pmi_core.models import Page, Trade, TradeQuery
from pmi_provider_paper import translate
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page
from pmi_provider_paper.simulation.history import Print

__all__ = ["PaperTrades"]

_BACK = timedelta(days=2)
"""How far back trades of the whole exchange are listed, unless a start is given."""


class PaperTrades:
    """Keeps :class:`pmi_core.capabilities.TradeReader`."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def list_trades(self, query: TradeQuery) -> Page[Trade]:
        house = self._house
        with house.turn("trades", "list_trades") as now:
            end = now if query.end is None else min(query.end, now)
            if query.market_ref is not None:
                listing = house.listing(query.market_ref)
                start = query.start or listing.event.open_time
                rows = self._of(listing, start, end)
            else:
                start = query.start or now - _BACK
                rows = self._of_all(start, end, now)
            return cut_page(
                rows,
                query.limit,
                query.cursor,
                key=lambda row: row[1].id,
                show=lambda row: translate.trade(house.name, row[0].code, row[1]),
            )

    def _of(self, listing: Listing, start: datetime, end: datetime) -> Iterator[tuple[Listing, Print]]:
        for row in self._house.history.newest_first(listing, start, end):
            yield listing, row

    def _of_all(self, start: datetime, end: datetime, now: datetime) -> Iterator[tuple[Listing, Print]]:
        house = self._house
        listings = [
            listing for plan in house.scenario.listed(now) for listing in house.scenario.markets(plan)
        ] + house.combos()
        lines = [self._of(listing, start, end) for listing in listings]
        return heapq.merge(*lines, key=lambda row: (row[1].time, row[1].id), reverse=True)
