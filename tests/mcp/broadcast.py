"""A venue that streams what a test says, when it says it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

from pmi_mcp_doubles import CAN, provider
from pmi_mcp_world import NOW

from pmi_core import Capability, Level, NotFound, OrderBook, Trade
from pmi_core.models import (
    BookUpdate,
    ConnectionState,
    ConnectionUpdate,
    TickerUpdate,
    TradeUpdate,
)

__all__ = ["Broadcast", "book", "state", "ticker", "trade"]


def book(number=1, bid="0.42", **changes):
    """The whole book of a market with one level a side."""
    levels = {
        "bids": (Level(price=bid, size="100"),),
        "asks": (Level(price=Decimal(bid) + Decimal("0.02"), size="50"),),
    }
    values = {"market_ref": f"alpha:RATE-{number}", "received_time": NOW, "state": "live"}
    return BookUpdate(book=OrderBook(**values | levels | changes), received_time=NOW)


def ticker(world, number=1):
    yes, no = world.markets[number - 1].outcomes
    return TickerUpdate(market_ref=f"alpha:RATE-{number}", yes=yes, no=no, volume="9", received_time=NOW)


def trade(name, number=1):
    made = Trade(
        trade_id=f"t{name}", market_ref=f"alpha:RATE-{number}", price="0.43", size=str(name), time=NOW
    )
    return TradeUpdate(trade=made, received_time=NOW)


def state(word, *numbers, reason=None):
    refs = tuple(f"alpha:RATE-{number}" for number in numbers)
    return ConnectionUpdate(state=ConnectionState(word), reason=reason, market_refs=refs, received_time=NOW)


class Broadcast:
    """The stream of one venue; what is said is heard by every subscription that is open."""

    def __init__(self, world):
        self.world = world
        self.open = []
        """The subscriptions that are open."""
        self.asked = 0
        """How often somebody tried to subscribe."""
        self.lines = []
        self.said_first = [state("live")]
        self.silent = False
        """Whether the venue answers nobody who subscribes."""

    def subscribe(self, wanted):
        return self._subscribe(wanted)

    @asynccontextmanager
    async def _subscribe(self, wanted):
        self.asked += 1
        known = {row.ref for row in self.world.markets}
        if missing := set(wanted.market_refs) - known:
            raise NotFound(f"there is no market {missing.pop()}", venue="alpha")
        if self.silent:
            await asyncio.sleep(3600)
        line = asyncio.Queue()
        for update in self.said_first:
            line.put_nowait(update)
        self.open.append(wanted)
        self.lines.append(line)
        try:
            yield self._heard(line)
        finally:
            self.open.remove(wanted)
            self.lines.remove(line)

    @staticmethod
    async def _heard(line):
        while (update := await line.get()) is not None:
            if isinstance(update, Exception):
                raise update
            yield update

    async def say(self, *updates):
        """Send updates, an error, or None for the end; they are heard when this returns."""
        for line in list(self.lines):
            for update in updates:
                line.put_nowait(update)
        for _ in range(10 + len(updates) // 10):
            await asyncio.sleep(0)

    def provider(self):
        """The venue of the world, with this stream."""
        made = provider(self.world)
        inner = made.open

        async def open_it(context):
            return replace(await inner(context), stream=self)

        return replace(made, capabilities=CAN | {Capability.STREAM}, open=open_it)
