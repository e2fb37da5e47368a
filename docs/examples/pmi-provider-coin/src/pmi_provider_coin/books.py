"""The capability `books`."""

from __future__ import annotations

from collections.abc import Sequence

from pmi_core import MarketRef, OrderBook, RequestError
from pmi_provider_coin.client import CoinClient
from pmi_provider_coin.translate import book_of
from pmi_provider_coin.wire import WireBook

__all__ = ["CoinBooks"]


class CoinBooks:
    """What is bid and asked for heads; tails is the mirror."""

    def __init__(self, client: CoinClient) -> None:
        self._client = client

    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        ref = MarketRef(market)
        native = ref.at(self._client.name)
        if depth is not None and depth < 1:
            raise RequestError(f"a book has at least one level, not {depth}", venue=self._client.name)
        wire = await self._client.read_flip(WireBook, native, "book", capability="books")
        book = book_of(wire, venue=self._client.name, now=self._client.now(), depth=depth)
        return book.mirror() if ref.outcome == "no" else book

    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        return tuple([await self.get_book(market) for market in markets])
