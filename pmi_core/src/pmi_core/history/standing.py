"""What stands at the playhead: books, trades, markets, as far as they were recorded."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from pmi_core.errors import NotFound, StaleBook
from pmi_core.history.player import Played, Player
from pmi_core.history.rows import MarketSeen
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookUpdate,
    ConnectionState,
    ConnectionUpdate,
    LifecycleUpdate,
    Market,
    OrderBook,
    Trade,
    TradeUpdate,
)

__all__ = ["Standing"]

_TRADES: Final = 10_000


class Standing:
    """Follows the playhead; every question first catches up with it.

    Markets that were read when the recording began are known from the start.
    """

    def __init__(self, player: Player, venue: str) -> None:
        self._player = player
        self._venue = venue
        self._rows = player.rows()
        self._pending: Played | None = None
        self._lock = asyncio.Lock()
        self._books: dict[MarketRef, OrderBook] = {}
        self._dark: dict[MarketRef, ConnectionState] = {}
        self.markets: dict[MarketRef, Market] = {}
        """By ref."""
        self.trades: deque[Trade] = deque(maxlen=_TRADES)
        """Oldest first."""

    async def catch_up(self) -> None:
        """Take all that was played meanwhile."""
        async with self._lock:
            while True:
                if self._pending is None:
                    self._pending = await anext(self._rows, None)
                if self._pending is None:
                    return
                leads = (
                    not self.trades
                    and not self._books
                    and isinstance(self._pending.row.said, MarketSeen | ConnectionUpdate)
                )
                if not leads and not self._player.has_passed(self._pending):
                    return
                self._take(self._pending)
                self._pending = None

    def book(self, ref: MarketRef) -> OrderBook:
        """The book of a market in YES terms.

        Raises:
            NotFound: none was played yet.
            StaleBook: it had been lost at this moment.
        """
        market = ref.market
        if market in self._dark:
            raise StaleBook(
                f"the book of {market} was {self._dark[market].value} at this moment of the recording",
                hint="play on until it is live again",
                venue=self._venue,
                capability="books",
            )
        if market not in self._books:
            raise NotFound(
                f"no book of {market} stands at this moment of the recording",
                hint="subscribe, so that the recording is played, or name a market that was recorded",
                venue=self._venue,
                capability="books",
            )
        return self._books[market]

    def _take(self, played: Played) -> None:
        said = played.row.said
        if isinstance(said, BookUpdate):
            self._books[said.market_ref.market] = said.book
            self._dark.pop(said.market_ref.market, None)
        elif isinstance(said, TradeUpdate):
            self.trades.append(said.trade)
        elif isinstance(said, MarketSeen):
            self.markets[said.market.ref.market] = said.market
        elif isinstance(said, LifecycleUpdate) and said.market is not None:
            self.markets[said.market_ref.market] = said.market
        elif isinstance(said, ConnectionUpdate):
            concerned = [ref.market for ref in said.market_refs] or list(self._books)
            for market in concerned:
                if said.state is not ConnectionState.LIVE:
                    self._dark[market] = said.state

    async def aclose(self) -> None:
        """Read no more."""
        async with self._lock:
            await self._rows.aclose()
