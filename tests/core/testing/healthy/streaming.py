"""The healthy venue's stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pmi_core.models import (
    BookState,
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    FillUpdate,
    OrderUpdate,
    PositionUpdate,
    Subscription,
    TickerUpdate,
    TradeUpdate,
    Update,
)

from .reading import Reading, known
from .trading import Account


class Stream(Reading):
    def book(self, native: str) -> BookUpdate:
        live = self.world.book(native).model_copy(update={"state": BookState.LIVE})
        return BookUpdate(book=live, received_time=self.world.clock.now())

    def update_of(self, kind: str, fact) -> list[Update]:
        now = {"received_time": self.world.clock.now()}
        if kind == "book":
            market = self.world.market(fact)
            return [self.book(fact), TickerUpdate(market_ref=market.ref, yes=market.yes, no=market.no, **now)]
        if kind == "position":
            return [PositionUpdate(position=Account(self.world).position(fact), **now)]
        made = {"trade": TradeUpdate, "order": OrderUpdate, "fill": FillUpdate}[kind]
        return [made(**{kind: fact}, **now)]

    @asynccontextmanager
    async def subscribe(self, subscription: Subscription) -> AsyncIterator[AsyncIterator[Update]]:
        natives = [known(self.world, ref) for ref in subscription.market_refs]
        queue: asyncio.Queue[Update | None] = asyncio.Queue()
        ended = False

        def hear(kind: str, fact) -> None:
            native = fact if isinstance(fact, str) else fact.market_ref.native
            for update in self.update_of(kind, fact):
                public = update.type in ("book", "ticker", "trade")
                if Channel(update.type) in subscription.channels and (not public or native in natives):
                    queue.put_nowait(update)

        class Updates:
            def __aiter__(self):
                return self

            async def __anext__(self) -> Update:
                if ended:
                    raise StopAsyncIteration
                return await queue.get()

        queue.put_nowait(ConnectionUpdate(state=ConnectionState.LIVE, received_time=self.world.clock.now()))
        if Channel.BOOK in subscription.channels:
            for native in natives:
                queue.put_nowait(self.book(native))
        self.world.listeners.append(hear)
        try:
            yield Updates()
        finally:
            ended = True
            self.world.listeners.remove(hear)
