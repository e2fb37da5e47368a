"""The capability `markets`."""

from __future__ import annotations

from pmi_core import Market, MarketQuery, MarketRef, MarketStatus, Page
from pmi_provider_coin.client import CoinClient
from pmi_provider_coin.translate import market_of
from pmi_provider_coin.wire import WireFlip, WireFlips

__all__ = ["CoinMarkets"]

_STATES = {MarketStatus.OPEN: "open", MarketStatus.SETTLED: "tossed"}


class CoinMarkets:
    """Tosses as markets."""

    def __init__(self, client: CoinClient) -> None:
        self._client = client

    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        if query.market_refs:
            rows = [await self.get_market(ref) for ref in query.market_refs]
            return Page(items=tuple(market for market in rows if _fits(market, query)))
        if query.event_ref is not None or (query.status is not None and query.status not in _STATES):
            return Page(items=())  # this venue has no events, and tosses are open or settled
        found = await self._client.read(
            WireFlips,
            "/flips",
            capability="markets",
            state=_STATES[query.status] if query.status is not None else None,
            limit=query.limit,
            after=query.cursor,
        )
        rows = [market_of(flip, venue=self._client.name, now=self._client.now()) for flip in found.flips]
        return Page(items=tuple(market for market in rows if _fits(market, query)), cursor=found.next)

    async def get_market(self, market: MarketRef | str) -> Market:
        native = MarketRef(market).at(self._client.name)
        flip = await self._client.read_flip(WireFlip, native, capability="markets")
        return market_of(flip, venue=self._client.name, now=self._client.now())


def _fits(market: Market, query: MarketQuery) -> bool:
    """The filters that the venue does not know."""
    closes = market.close_time
    return (
        (query.status is None or market.status is query.status)
        and (query.closes_after is None or (closes is not None and closes >= query.closes_after))
        and (query.closes_before is None or (closes is not None and closes <= query.closes_before))
    )
