"""What things cost: books, computed quotes, trades, candles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    Candle,
    CandleQuery,
    OrderBook,
    Page,
    PriceQuote,
    QuoteQuery,
    Trade,
    TradeQuery,
)

__all__ = [
    "BookReader",
    "CandleReader",
    "QuotePricer",
    "TradeReader",
]


@runtime_checkable
class BookReader(Protocol):
    """Order books."""

    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        """Read a book as it is now, in terms of the ref's outcome (YES without one).

        Args:
            depth: levels per side at most; None for all.

        Raises:
            NotFound: the venue knows no such market.
        """
        ...

    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        """Read several books in the order asked for.

        Raises:
            NotFound: the venue does not know one of the markets; the message names it.
        """
        ...


@runtime_checkable
class QuotePricer(Protocol):
    """What taking would cost now."""

    async def get_quote(self, query: QuoteQuery) -> PriceQuote:
        """Price one market order without placing it."""
        ...


@runtime_checkable
class TradeReader(Protocol):
    """Public trades."""

    async def list_trades(self, query: TradeQuery) -> Page[Trade]:
        """List trades, newest first."""
        ...


@runtime_checkable
class CandleReader(Protocol):
    """Price history."""

    async def list_candles(self, query: CandleQuery) -> tuple[Candle, ...]:
        """Read candles, oldest first; steps without any data may be absent."""
        ...
