"""Order books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import OrderBook
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_BOOKS, MOST_LEVELS
from pmi_provider_kalshi.translate.books import book as translate
from pmi_provider_kalshi.wire.book import Orderbook

__all__ = ["Books"]

_CAPABILITY: Final = Capability.BOOKS


class Books:
    """The slot ``books``.

    The venue answers an unknown ticker with an empty book, so an empty book is believed only
    after the market was found.
    """

    def __init__(self, client: Client, archive: Archive, clock: Clock, venue: str) -> None:
        self._client = client
        self._archive = archive
        self._clock = clock
        self._venue = venue

    @placed(_CAPABILITY)
    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        """Read a book in terms of the ref's outcome, YES without one.

        Raises:
            NotFound: the venue knows no such market.
            RequestError: the depth is not positive.
        """
        ref = MarketRef(market)
        ticker = ref.at(self._venue)
        if depth is not None and depth < 1:
            raise RequestError(
                f"a book has at least one level a side, not {depth}",
                hint="leave the depth out for all levels",
            )
        asked = depth if depth is not None and depth <= MOST_LEVELS else None
        row = (await self._client.orderbook(ticker, asked, capability=_CAPABILITY)).orderbook_fp
        made = self._translate(row, ref, depth)
        if _is_empty(row):
            await self._archive.require([ticker], capability=_CAPABILITY)
        return made

    @placed(_CAPABILITY)
    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        """Read several books in the order asked for, 100 a call.

        Raises:
            NotFound: the venue does not know one of the markets; the message names it.
        """
        refs = [MarketRef(market) for market in markets]
        tickers = list(dict.fromkeys(ref.at(self._venue) for ref in refs))
        rows: dict[str, Orderbook] = {}
        for at in range(0, len(tickers), MOST_BOOKS):
            chunk = tickers[at : at + MOST_BOOKS]
            answer = await self._client.orderbooks(chunk, capability=_CAPABILITY)
            rows |= {row.ticker: row.orderbook_fp for row in answer.orderbooks}
        doubtful = [ticker for ticker in tickers if ticker not in rows or _is_empty(rows[ticker])]
        if doubtful:
            await self._archive.require(doubtful, capability=_CAPABILITY)
        return tuple(self._translate(rows.get(ref.native, Orderbook()), ref, None) for ref in refs)

    def _translate(self, row: Orderbook, ref: MarketRef, depth: int | None) -> OrderBook:
        made = translate(row, ref.market, self._clock.now(), depth)
        return made.mirror() if ref.outcome == "no" else made


def _is_empty(row: Orderbook) -> bool:
    return not row.yes_dollars and not row.no_dollars
