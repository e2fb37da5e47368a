"""One seeded run: a client, a venue, and a network with faults between them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from random import Random

from pmi_core.books import Scale
from pmi_core.models import BookState, Channel, Delivery, Subscription
from pmi_core.streams import Feed
from pmi_core.transport.socket import Backoff, Pulse, SocketClient
from stage.judge import Judge
from stage.kalshi_dialect import KalshiDialect
from stage.kalshi_shaped import KalshiShaped
from stage.polymarket_dialect import PolymarketDialect
from stage.polymarket_shaped import PolymarketShaped
from stage.proxy import CONNECTION_FAULTS, MESSAGE_FAULTS, Proxy
from stage.server import Server
from stage.truth import Truth

QUICK = Pulse(ping=0.1, pong=0.15, quiet=0.2, answer=0.2, connect=2, close=0.05)
SOON = Backoff(first=0.01, longest=0.1, steady=0.5)
SHAPES = {"kalshi": (KalshiShaped, KalshiDialect), "polymarket": (PolymarketShaped, PolymarketDialect)}
PATIENCE = 60


@asynccontextmanager
async def feeding(url, dialect, channels=tuple(Channel), **options):
    """A feed joined to one client, closed at the end."""
    feed = Feed(venue="here", scale=Scale(4, 2))
    options = {"pulse": QUICK, "backoff": SOON, "random": Random(0), **options}
    client = SocketClient(
        url, venue="here", dialect=lambda ears: dialect(ears, feed), hear=feed.hear, **options
    )
    feed.join(client, channels)
    try:
        yield feed, client
    finally:
        await feed.aclose()


def wanting(*markets, delivery=Delivery.EVERY, channels=(Channel.BOOK,), **more):
    refs = tuple(f"here:{name}" for name in markets)
    return Subscription(channels=frozenset(channels), market_refs=refs, delivery=delivery, **more)


async def faulty_run(seed, *, faults=6):
    """Listen through faults; afterwards everything is live and true again.  Gives what happened."""
    random = Random(seed)
    session, dialect = SHAPES[random.choice(list(SHAPES))]
    every = random.random() < 0.7
    markets = [f"M{i}" for i in range(random.choice([1, 3, 8]))]
    others = [f"N{i}" for i in range(3)]
    truth = Truth(markets + others, seed)
    channels = (Channel.BOOK, Channel.TRADE) if session is KalshiShaped else (Channel.BOOK,)
    wanted = wanting(*markets, delivery=Delivery.EVERY if every else Delivery.LATEST, channels=channels)
    async with (
        Server(truth, session) as server,
        Proxy(server, seed) as proxy,
        feeding(proxy.url, dialect) as (feed, _),
    ):
        # Without numbers nobody can notice a lost message whose total a later one restates.
        judge = Judge(truth, markets, every=every and session is KalshiShaped)
        async with feed.listen(wanted) as updates:
            reading = asyncio.ensure_future(_read(updates, judge))
            moving = asyncio.ensure_future(_move(server, markets, random))
            passing = asyncio.ensure_future(_come_and_go(feed, markets + others, Random(seed + 1)))
            try:
                for _ in range(faults):
                    proxy.planned.append(random.choice(MESSAGE_FAULTS * 2 + CONNECTION_FAULTS))
                    await asyncio.wait({reading}, timeout=random.uniform(0.005, 0.05))
                await _until(lambda: not proxy.planned or reading.done())
                await _until(lambda: reading.done() or _all_live(feed, markets))
                moving.cancel()
                passing.cancel()
                for market in markets:  # what was lost last shows by what comes after it
                    server.change(market)
                await _until(lambda: reading.done() or (judge.up_to_date() and _all_live(feed, markets)))
                for market in () if reading.done() else markets:
                    book = feed.books[market]
                    assert (book.bids, book.asks) == (truth.books[market].bids, truth.books[market].asks)
            finally:
                over = await _ended(reading, moving, passing)
            for error in over:
                if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
                    raise AssertionError(f"seed {seed}, {proxy.happened}") from error
    return proxy.happened, judge


async def _read(updates, judge):
    async for update in updates:
        judge.see(update)
    raise AssertionError("the stream ended")


async def _move(server, markets, random):
    while True:
        server.change()
        if random.random() < 0.3:
            server.trade(random.choice(markets))
        await asyncio.sleep(0.002)


async def _come_and_go(feed, names, random):
    while True:
        async with feed.listen(wanting(*random.sample(names, random.randint(1, len(names))))):
            await asyncio.sleep(random.uniform(0, 0.03))


async def _ended(*tasks):
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def _until(found):
    async with asyncio.timeout(PATIENCE):
        while not found():
            await asyncio.sleep(0.005)


def _all_live(feed, markets):
    return all(feed.books[name].state is BookState.LIVE for name in markets)
