"""Order books: the engine's, after the members moved."""

from __future__ import annotations

from collections.abc import Sequence

from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import OrderBook
from pmi_provider_paper.board import Board
from pmi_provider_paper.house import House

__all__ = ["PaperBooks"]


class PaperBooks:
    """Keeps :class:`pmi_core.capabilities.BookReader`.

    A curve's book is what its formula gives and not firm; NO books are mirrors.
    """

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        (book,) = self._read("get_book", [market], depth)
        return book

    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        return self._read("get_books", markets, None)

    def _read(
        self, method: str, markets: Sequence[MarketRef | str], depth: int | None
    ) -> tuple[OrderBook, ...]:
        if depth is not None and depth < 1:
            raise RequestError(f"a depth of {depth} levels shows nothing", hint="give 1 or more, or None")
        with self._house.turn("books", method) as now:
            listings = [self._house.listing(market) for market in markets]
            return tuple(
                self._board.book(MarketRef(market), listing, now, depth=depth)
                for market, listing in zip(markets, listings, strict=True)
            )
