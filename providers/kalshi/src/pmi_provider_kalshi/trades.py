"""Public trades."""

from __future__ import annotations

from functools import partial
from math import ceil, floor
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.models import Page, Trade, TradeQuery
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_TRADES
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.translate.trades import trade as translate

__all__ = ["Trades"]

_CAPABILITY: Final = Capability.TRADES


class Trades:
    """The slot ``trades``: the live tier first, then the archive where the window reaches it."""

    def __init__(self, client: Client, archive: Archive, venue: str) -> None:
        self._client = client
        self._archive = archive
        self._venue = venue

    @placed(_CAPABILITY)
    async def list_trades(self, query: TradeQuery) -> Page[Trade]:
        """List trades, newest first, those negotiated off the book included.

        Raises:
            NotFound: the venue knows no such market.
        """
        ticker = query.market_ref.at(self._venue) if query.market_ref is not None else None
        cutoff = (await self._archive.cutoffs(capability=_CAPABILITY)).traded
        parts: list[Part[Trade]] = []
        if query.end is None or query.end >= cutoff:
            parts.append(Part("live", partial(self._fetch, query, archived=False)))
        if query.start is None or query.start < cutoff:
            parts.append(Part("archive", partial(self._fetch, query, archived=True)))
        limit = min(query.limit, MOST_TRADES)
        rows, cursor = await page_of(query, limit, query.cursor, parts, self._venue)
        if ticker is not None and not rows and cursor is None and query.cursor is None:
            await self._archive.require([ticker], capability=_CAPABILITY)
        return Page[Trade].trusted({"items": tuple(rows), "cursor": cursor})

    async def _fetch(
        self, query: TradeQuery, limit: int, cursor: str | None, *, archived: bool
    ) -> Rows[Trade]:
        ask = self._archive.trade_page if archived else self._client.trades
        filters = {
            "ticker": query.market_ref.native if query.market_ref is not None else None,
            # The venue compares whole seconds and does not say whether it includes the ends.
            "min_ts": floor(query.start.timestamp()) - 1 if query.start is not None else None,
            "max_ts": ceil(query.end.timestamp()) + 1 if query.end is not None else None,
            "limit": limit,
            "cursor": cursor,
        }
        answer = await ask(filters, capability=_CAPABILITY)
        rows = self._archive.faults.translated(
            answer.trades, lambda row: translate(row, self._venue), _CAPABILITY
        )
        return [row for row in rows if _is_inside(row, query)], answer.cursor


def _is_inside(trade: Trade, query: TradeQuery) -> bool:
    return (query.start is None or query.start <= trade.time) and (
        query.end is None or trade.time <= query.end
    )
