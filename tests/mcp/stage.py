"""A live view over a venue that says what a test puts in."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    TERMINAL_STATUSES,
    BookUpdate,
    Channel,
    ConnectionUpdate,
    Fill,
    FillUpdate,
    Level,
    Order,
    OrderBook,
    Trade,
    TradeUpdate,
)
from pmi_core.testing.clock import START, ManualClock
from pmi_mcp.terminal.live.sources import Source
from pmi_mcp.terminal.live.view import WatchApp

__all__ = ["FILL", "ONE", "TRADE", "TWO", "Stage", "book", "order", "state", "text", "watching"]

ONE, TWO = MarketRef("alpha:RATE-1"), MarketRef("alpha:RATE-2")


class Stage:
    """A venue that says what the test puts in, apart for books and for the rest."""

    name = "alpha"
    markets = trades = None

    def __init__(self):
        self.books, self.rest = asyncio.Queue(), asyncio.Queue()
        self.stream = SimpleNamespace(subscribe=self.subscribe)
        self.orders = SimpleNamespace(list_orders=self.list_orders, list_fills=self.list_fills)
        self.working, self.filled = [order("open")], []
        self.failure = None
        self.opened = []
        self.left = 0

    async def list_orders(self, query):
        assert not any(status in query.statuses for status in TERMINAL_STATUSES)
        if self.failure is not None:
            raise self.failure
        return self.found(self.working, query)

    async def list_fills(self, query):
        return self.found(self.filled, query)

    def found(self, rows, query):
        return SimpleNamespace(items=[row for row in rows if row.market_ref == query.market_ref], cursor=None)

    @asynccontextmanager
    async def subscribe(self, wanted):
        self.opened.append(wanted)
        queue = self.books if Channel.BOOK in wanted.channels else self.rest

        async def play():
            while (update := await queue.get()) is not None:
                if isinstance(update, Exception):
                    raise update
                yield update

        try:
            yield play()
        finally:
            self.left += 1


def book(ref=ONE):
    found = OrderBook(
        market_ref=ref,
        bids=[Level(price="0.4", size=10), Level(price="0.39", size=2000)],
        asks=[Level(price="0.45", size=3)],
        received_time=START,
        state="live",
    )
    return BookUpdate(book=found, received_time=START)


def order(status):
    return Order(
        ref="alpha:o7", client_order_id="c", market_ref=ONE, outcome="yes", action="buy", size=5, price="0.41",
        time_in_force="gtc", status=status, filled=0, remaining=5, fees=0, created_time=START,
    )  # fmt: skip


def state(word, reason=None, refs=()):
    return ConnectionUpdate(state=word, reason=reason, market_refs=refs, received_time=START)


TRADE = TradeUpdate(
    trade=Trade(
        trade_id="t",
        market_ref=ONE,
        price="0.42",
        size=7,
        taker_outcome="yes",
        taker_action="buy",
        time=START,
    ),
    received_time=START,
)
FILL = FillUpdate(
    fill=Fill(
        trade_id="t", order_ref="alpha:o7", market_ref=ONE, outcome="yes", action="buy", price="0.41", size=2,
        fee="0.01", liquidity="maker", time=START,
    ),
    received_time=START,
)  # fmt: skip


@asynccontextmanager
async def watching(*refs, size=(80, 24), stage=None, **options):
    """The application over a stage, its clock three seconds after everything that is said."""
    stage = stage or Stage()
    stage.rest.put_nowait(state("live"))
    clock = ManualClock(START + timedelta(seconds=3))
    app = WatchApp([Source(stage, refs)], **{"clock": clock} | options)
    async with app.run_test(size=size) as pilot:

        async def say(*books, rest=()):
            for update in books:
                stage.books.put_nowait(update)
            for update in rest:
                stage.rest.put_nowait(update)
            for _ in range(5):
                await pilot.pause()
            app.draw()
            await pilot.pause()
            return text(app)

        yield app, pilot, stage, say


def text(app):
    """What stands in each part, as a person reads it."""
    return {
        name: str(app.query_one(f"#{name}").render())
        for name in ("recording", "state", "list", "book", "trades", "own")
    }
