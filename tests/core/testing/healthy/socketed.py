"""The healthy venue's stream over a real socket: core's own side of it, and a small server."""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import asynccontextmanager
from random import Random

from pydantic import TypeAdapter
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from pmi_core.books import Scale
from pmi_core.models import BookUpdate, Channel, LifecycleKind, LifecycleUpdate, Subscription, Update
from pmi_core.streams import Feed
from pmi_core.transport.socket import Backoff, SocketClient, Topic

from .provider import Parts
from .reading import known
from .streaming import Stream, topic

READ = TypeAdapter(Update).validate_python


class Server(Stream):
    """Says to each connection what it asked for."""

    port = 0

    async def start(self) -> None:
        self.server = await serve(self.talk, "127.0.0.1", self.port, compression=None)
        self.port = next(iter(self.server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        for connection in list(self.server.connections):
            connection.transport.abort()
        self.server.close()
        await self.server.wait_closed()

    async def talk(self, connection) -> None:
        mail: asyncio.Queue[str] = asyncio.Queue()
        topics: set[tuple[str, str]] = set()

        def hear(kind: str, fact) -> None:
            for update in self.update_of(kind, fact):
                market = str(getattr(topic(update)[1], "native", ""))
                for name in {(update.type, market), (update.type, "")} & topics:
                    mail.put_nowait(json.dumps([name, update.model_dump(mode="json")]))

        async def close(market: str) -> None:
            await self.world.clock.sleep((self.world.close - self.world.clock.now()).total_seconds())
            update = LifecycleUpdate(
                kind=LifecycleKind.CLOSED,
                market_ref=self.world.ref(market),
                market=self.world.market(market),
                received_time=self.world.clock.now(),
            )
            mail.put_nowait(json.dumps([("lifecycle", market), update.model_dump(mode="json")]))

        async def post() -> None:
            while True:
                await connection.send(await mail.get())

        working = [asyncio.ensure_future(post())]
        self.world.listeners.append(hear)
        try:
            async for text in connection:
                wanted, names = json.loads(text)
                names = {(channel, market) for channel, market in names}
                topics = topics | names if wanted else topics - names
                for channel, market in sorted(names) if wanted else ():
                    whole = self.book(market).model_dump(mode="json") if channel == "book" else None
                    mail.put_nowait(json.dumps([(channel, market), whole]))
                    if channel == "lifecycle":
                        working.append(asyncio.ensure_future(close(market)))
        except ConnectionClosed:
            pass
        finally:
            self.world.listeners.remove(hear)
            for task in working:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                    await task


class Dialect:
    """What the client makes of it."""

    def __init__(self, ears, feed: Feed) -> None:
        self.ears, self.feed = ears, feed

    def opening(self):
        return ()

    def subscribe(self, topics):
        return [json.dumps([True, topics])]

    def unsubscribe(self, topics):
        return [json.dumps([False, topics])]

    resync = subscribe

    def probe(self, topics):
        return self.subscribe([next(iter(topics))])

    def heartbeat(self):
        return None

    def closed(self, code, reason):
        return None

    def read(self, frame: bytes) -> None:
        (channel, market), fact = json.loads(frame)
        name = Topic(Channel(channel), market)
        if fact is None:
            self.ears.answered([name])
            return
        update = READ(fact)
        if not isinstance(update, BookUpdate):
            self.feed.publish(name, update)
        elif (book := self.feed.books.get(market)) is not None:
            ticks, units = book.scale.ticks, book.scale.units
            sides = (
                [(ticks(str(one.price)), units(str(one.size))) for one in side]
                for side in (update.book.bids, update.book.asks)
            )
            book.replace(*sides)
            assert book.commit(self.ears.received, sequence=update.book.sequence) is None
            self.ears.answered([name])
        else:
            self.ears.answered([name])  # somebody left before the answer came


class Socketed:
    """Keeps the stream's promises by core's feed alone."""

    def __init__(self, bench: Parts) -> None:
        self.world = bench.world
        self.server = Server(bench.world)
        self.feed: Feed | None = None

    @asynccontextmanager
    async def subscribe(self, subscription: Subscription):
        for ref in subscription.market_refs:
            known(self.world, ref)
        if self.feed is None:
            await self.server.start()
            self.feed = feed = Feed(venue=self.world.name, clock=self.world.clock, scale=Scale(4, 2))
            client = SocketClient(
                f"ws://127.0.0.1:{self.server.port}",
                venue=self.world.name,
                dialect=lambda ears: Dialect(ears, feed),
                hear=feed.hear,
                random=Random(0),
                backoff=Backoff(first=0.01, longest=0.05),
            )
            feed.join(client)
        async with self.feed.listen(subscription) as updates:
            yield updates

    @asynccontextmanager
    async def cut(self):
        await self.server.stop()
        yield
        await self.server.start()

    async def aclose(self) -> None:
        if self.feed is not None:
            await self.feed.aclose()
            await self.server.stop()


def over_a_socket(bench: Parts) -> None:
    """The stream comes over a real socket."""
    bench.parts["stream"] = Socketed(bench)
