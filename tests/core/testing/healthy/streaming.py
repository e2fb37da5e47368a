"""The healthy venue's stream."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pmi_core.errors import SequenceGap
from pmi_core.models import (
    ACCOUNT_CHANNELS,
    BookState,
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    Delivery,
    FillUpdate,
    LifecycleKind,
    LifecycleUpdate,
    OrderUpdate,
    PositionUpdate,
    Subscription,
    TickerUpdate,
    TradeUpdate,
    Update,
)

from .reading import Reading, known
from .trading import Account


def topic(update: Update) -> tuple[str, object]:
    fact = next(
        (getattr(update, name) for name in ("book", "trade", "order", "fill") if hasattr(update, name)),
        update,
    )
    return update.type, getattr(fact, "market_ref", None)


class Updates:
    """What waits for one consumer."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.waiting: deque[Update] = deque()
        self.lost = 0
        self.over = False
        self.news = asyncio.Event()

    def put(self, update: Update) -> None:
        if self.subscription.delivery is Delivery.LATEST:
            self.waiting = deque(one for one in self.waiting if topic(one) != topic(update))
            self.waiting.append(update)
        elif self.lost or len(self.waiting) >= self.subscription.buffer:
            self.lost += 1
        else:
            self.waiting.append(update)
        self.news.set()

    def end(self) -> None:
        self.over = True
        self.news.set()

    def __aiter__(self):
        return self

    async def __anext__(self) -> Update:
        while not self.waiting:
            if self.lost:
                lost, self.lost, self.over = self.lost, 0, True
                raise SequenceGap(f"{lost} updates were lost", venue="proof", capability="stream")
            if self.over:
                raise StopAsyncIteration
            self.news.clear()
            await self.news.wait()
        return self.waiting.popleft()


class Stream(Reading):
    def __init__(self, world) -> None:
        super().__init__(world)
        self.open: list[Updates] = []
        self.is_cut = False
        self.waiting_room = Updates

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

    def say(self, state: ConnectionState) -> None:
        for updates in self.open:
            updates.put(ConnectionUpdate(state=state, received_time=self.world.clock.now()))

    def tell_books(self, updates: Updates) -> None:
        if Channel.BOOK in updates.subscription.channels:
            for ref in updates.subscription.market_refs:
                updates.put(self.book(ref.native))

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """Nothing comes through inside the block."""
        self.is_cut = True
        self.say(ConnectionState.GAP)
        try:
            yield
        finally:
            self.is_cut = False
            for updates in self.open:
                self.tell_books(updates)
            self.say(ConnectionState.LIVE)

    @asynccontextmanager
    async def subscribe(self, subscription: Subscription) -> AsyncIterator[AsyncIterator[Update]]:
        natives = [known(self.world, ref) for ref in subscription.market_refs]
        updates = self.waiting_room(subscription)

        def hear(kind: str, fact) -> None:
            native = fact if isinstance(fact, str) else fact.market_ref.native
            for update in self.update_of(kind, fact):
                public = Channel(update.type) not in ACCOUNT_CHANNELS
                wanted = Channel(update.type) in subscription.channels
                if wanted and not self.is_cut and (not public or native in natives):
                    updates.put(update)

        updates.put(ConnectionUpdate(state=ConnectionState.LIVE, received_time=self.world.clock.now()))
        self.tell_books(updates)
        self.open.append(updates)
        self.world.listeners.append(hear)
        self.world.closers.append(updates.end)
        closing = asyncio.ensure_future(self.close_markets(updates, natives))
        try:
            yield updates
        finally:
            closing.cancel()
            await asyncio.wait({closing})
            updates.waiting.clear()
            updates.lost = 0
            updates.end()
            self.open.remove(updates)
            self.world.listeners.remove(hear)

    async def close_markets(self, updates: Updates, natives: list[str]) -> None:
        if Channel.LIFECYCLE not in updates.subscription.channels:
            return
        clock = self.world.clock
        await clock.sleep((self.world.close - clock.now()).total_seconds())
        for native in natives:
            market = self.world.market(native)
            updates.put(
                LifecycleUpdate(
                    kind=LifecycleKind.CLOSED, market_ref=market.ref, market=market, received_time=clock.now()
                )
            )
