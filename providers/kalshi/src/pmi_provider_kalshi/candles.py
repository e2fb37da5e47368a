"""Price history."""

from __future__ import annotations

from math import ceil, floor
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound
from pmi_core.models import Candle, CandleInterval, CandleQuery
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_CANDLES
from pmi_provider_kalshi.translate.candles import archived_candle, live_candle

__all__ = ["Candles"]

_CAPABILITY: Final = Capability.CANDLES
_MINUTES: Final = {CandleInterval.MINUTE: 1, CandleInterval.HOUR: 60, CandleInterval.DAY: 1440}


class Candles:
    """The slot ``candles``.

    A market's candles stand in the live tier until it has settled before the archive's cutoff,
    and in the archive from then on.  A window that begins before the cutoff is therefore asked
    of both, a later one of the live tier alone.
    """

    def __init__(self, client: Client, archive: Archive, venue: str) -> None:
        self._client = client
        self._archive = archive
        self._venue = venue

    @placed(_CAPABILITY)
    async def list_candles(self, query: CandleQuery) -> tuple[Candle, ...]:
        """Read the candles that lie within the window, oldest first.

        Raises:
            NotFound: the venue knows no such market.
        """
        ticker = query.market_ref.at(self._venue)
        found: dict[object, Candle] = {}
        cutoff = (await self._archive.cutoffs(capability=_CAPABILITY)).settled
        if query.start < cutoff:
            found |= {candle.end: candle for candle in await self._archived(ticker, query)}
        found |= {candle.end: candle for candle in await self._live(ticker, query)}
        if not found:
            await self._archive.require([ticker], capability=_CAPABILITY)
        candles = sorted(found.values(), key=lambda candle: candle.end)
        return tuple(candle for candle in candles if query.start <= candle.start and candle.end <= query.end)

    async def _live(self, ticker: str, query: CandleQuery) -> list[Candle]:
        found: list[Candle] = []
        for filters in _windows(query):
            answer = await self._client.candlesticks(
                {"market_tickers": ticker, **filters}, capability=_CAPABILITY
            )
            for market in answer.markets:
                if market.market_ticker == ticker:
                    found += [live_candle(row, query.interval) for row in market.candlesticks]
        return found

    async def _archived(self, ticker: str, query: CandleQuery) -> list[Candle]:
        found: list[Candle] = []
        for filters in _windows(query):
            try:
                answer = await self._client.archived_candlesticks(ticker, filters, capability=_CAPABILITY)
            except NotFound:  # the market is not archived yet
                return []
            found += [archived_candle(row, query.interval) for row in answer.candlesticks]
        return found


def _windows(query: CandleQuery) -> list[dict[str, str | int]]:
    """The window in whole seconds, cut so that no call asks for more candles than it may."""
    start, end = floor(query.start.timestamp()), ceil(query.end.timestamp())
    step = MOST_CANDLES * query.interval.seconds
    minutes = _MINUTES[query.interval]
    return [
        {"start_ts": at, "end_ts": min(at + step - 1, end), "period_interval": minutes}
        for at in range(start, end + 1, step)
    ]
