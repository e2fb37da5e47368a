"""Books and accounts as resources: read, watched, told of at most twice a second, in both eras."""

from __future__ import annotations

import asyncio
import json
import warnings
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fastmcp import Client
from fastmcp.utilities.tests import asgi_server
from mcp.client.subscriptions import listen
from mcp.shared.exceptions import MCPDeprecationWarning, MCPError
from mcp_types import ResourceUpdatedNotification
from pmi_mcp_broadcast import Broadcast, book, state
from pmi_mcp_world import NOW

from pmi_core import NotFound, Unreachable
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings

pytestmark = pytest.mark.anyio

BOOK = "pmi://book/alpha:RATE-1"
ACCOUNT = "pmi://account/alpha"
MODES = {"modern": "auto", "handshake": "legacy"}


class Watcher:
    """A client of either era that watches resources and counts what it is told."""

    def __init__(self, mode):
        self.mode = mode
        self.told = []
        self.client = None

    async def _hear(self, message):
        message = getattr(message, "root", message)
        if self.mode == "legacy" and isinstance(message, ResourceUpdatedNotification):
            self.told.append(str(message.params.uri))

    @asynccontextmanager
    async def connected(self, make_client):
        async with make_client(mode=self.mode, message_handler=self._hear) as self.client:
            yield self

    @asynccontextmanager
    async def watching(self, *uris):
        if self.mode == "legacy":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", MCPDeprecationWarning)
                for uri in uris:
                    await self.client.session.subscribe_resource(uri)
                yield
                for uri in uris:
                    await self.client.session.unsubscribe_resource(uri)
            return
        async with listen(self.client.session, resource_subscriptions=list(uris)) as events:

            async def collect():
                async for event in events:
                    self.told.append(str(event.uri))

            task = asyncio.create_task(collect())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def read(self, uri):
        return json.loads((await self.client.read_resource(uri))[0].text)

    async def until(self, count):
        """Wait for so many notices."""
        async with asyncio.timeout(20):
            while len(self.told) < count:
                await asyncio.sleep(0.01)


async def settled(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def cast(world):
    return Broadcast(world)


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def server(registry_of, cast, clock):
    def make(**settings):
        return build(registry_of(cast.provider()), ServerSettings(**{"toolsets": "live"} | settings), clock)

    return make


@pytest.fixture(params=MODES)
def watcher(request):
    return Watcher(MODES[request.param])


@pytest.fixture(params=["memory", "http"])
def connected(request, server, watcher):
    """The watcher at a server, by pipes in memory or over HTTP."""

    @asynccontextmanager
    async def connect(**settings):
        serving = server(**settings)
        if request.param == "memory":
            async with watcher.connected(lambda **options: Client(serving, **options)):
                yield watcher
        else:
            async with asgi_server(serving) as http, watcher.connected(http.client):
                yield watcher

    return connect


async def test_what_is_watched_is_told_at_most_twice_a_second(connected, cast, clock):
    async with connected() as watcher:
        async with watcher.watching(BOOK):
            await watcher.until(1)
            for cents in range(20, 60):
                await cast.say(book(1, f"0.{cents}"))
            await asyncio.sleep(0.05)
            assert len(watcher.told) == 1, "the clock stands: no second notice"
            await clock.advance(0.4)
            assert len(watcher.told) == 1
            await clock.advance(0.2)
            await watcher.until(2)
            read = await watcher.read(BOOK)
            assert (read["best_bid"], read["state"]) == ("0.59", "live")
            await clock.advance(30)
            assert watcher.told == [BOOK, BOOK], "nothing changed since"
        await settled(lambda: not cast.open)


async def test_a_book_that_is_not_live_is_asked_of_the_venue(connected, cast, clock):
    async with connected() as watcher, watcher.watching(BOOK):
        await watcher.until(1)
        await cast.say(book(1, "0.59"), state("stale"))
        read = await watcher.read(BOOK)
        assert read["best_bid"] == "0.42", "that is what the venue says when it is asked"
        assert "state" not in read


async def test_an_account_is_watched(connected, cast, clock):
    async with connected() as watcher, watcher.watching(ACCOUNT, BOOK):
        await watcher.until(2)
        assert set(watcher.told) == {ACCOUNT, BOOK}
        assert len(cast.open) == 2
        read = await watcher.read(ACCOUNT)
        assert read["venue"] == "alpha"
        assert read["balances"]
        assert read["positions"]
        assert read["orders"]


@pytest.mark.parametrize(
    "uri, said",
    [
        ("pmi://book/nowhere:X", "no venue 'nowhere'"),
        ("pmi://book/alpha:NOPE", "alpha:NOPE"),
        ("pmi://book/nothing", "does not name a market"),
        ("pmi://account/nowhere", "no venue 'nowhere'"),
        ("pmi://weather/here", "there is no such resource"),
    ],
)
async def test_what_is_not_there_cannot_be_watched_or_read(connected, cast, uri, said):
    async with connected() as watcher:
        with pytest.raises(MCPError, match=said):
            async with watcher.watching(uri):
                pass
        with pytest.raises(MCPError):
            await watcher.client.read_resource(uri)
    assert cast.open == []


async def test_one_client_may_watch_so_many(connected, cast):
    async with connected(live_markets=2) as watcher:
        with pytest.raises(MCPError, match="3 resources are more than the 2"):
            async with watcher.watching(*(f"pmi://book/alpha:RATE-{n}" for n in (1, 2, 3))):
                pass


async def test_two_clients_share_one_stream(server, cast, clock):
    async with asgi_server(server()) as http:
        one, two = Watcher("auto"), Watcher("legacy")
        async with one.connected(http.client), two.connected(http.client):
            async with one.watching(BOOK):
                async with two.watching(BOOK):
                    await one.until(1)
                    await settled(lambda: len(cast.open) == 1)
                await cast.say(book(1))
                await clock.advance(1)
                await settled(lambda: len(cast.open) == 1)
            await settled(lambda: not cast.open)


async def test_a_client_that_goes_watches_no_more(server, cast):
    async with asgi_server(server()) as http:
        watcher = Watcher("legacy")
        async with watcher.connected(http.client):
            with pytest.warns(MCPDeprecationWarning, match="removed as of"):
                await watcher.client.session.subscribe_resource(BOOK)
            await settled(lambda: cast.open)
        await settled(lambda: not cast.open)


async def test_a_venue_that_fails_is_heard_again(connected, cast, clock, caplog):
    async with connected() as watcher, watcher.watching(BOOK):
        await watcher.until(1)
        await cast.say(Unreachable("the line broke"))
        await settled(lambda: not cast.open)
        await clock.advance(11)
        await settled(lambda: cast.open)
    assert "the line broke" in caplog.text


async def test_a_market_that_went_is_not_asked_for_again_and_again(connected, cast, clock, caplog):
    async with connected() as watcher, watcher.watching(BOOK):
        await watcher.until(1)
        told = len(watcher.told)
        await cast.say(NotFound("there is no such market any more"))
        await settled(lambda: not cast.open)
        await clock.advance(1)
        await watcher.until(told + 1)
        await clock.advance(100)
        assert cast.asked == 1, "asking the same again would not mend it"


async def test_a_venue_that_cannot_be_asked_is_watched_all_the_same(connected, cast, world, clock):
    world.failure = Unreachable("the venue is away")
    async with connected() as watcher, watcher.watching(BOOK):
        await settled(lambda: cast.open)


async def test_an_account_that_is_none_cannot_be_watched(registry_of, cast):
    made = cast.provider()
    inner = made.open

    async def without(context):
        return replace(await inner(context), account=None)

    serving = build(registry_of(replace(made, open=without)), ServerSettings(toolsets="live"))
    async with Watcher("auto").connected(lambda **options: Client(serving, **options)) as watcher:
        with pytest.raises(MCPError, match="account"):
            async with watcher.watching(ACCOUNT):
                pass
    assert cast.open == []


async def test_who_watches_no_more_is_told_no_more(server, cast, clock):
    async with asgi_server(server()) as http:
        one, two = Watcher("legacy"), Watcher("legacy")
        async with one.connected(http.client), two.connected(http.client), two.watching(BOOK):
            async with one.watching(BOOK):
                await clock.advance(1)
                await cast.say(book(1))
                await clock.advance(1)
                await one.until(1)
                await two.until(1)
            told = len(two.told)
            left = len(one.told)
            for cents in range(30, 33):
                await cast.say(book(1, f"0.{cents}"))
                await clock.advance(1)
                told += 1
                await two.until(told)
            assert len(one.told) == left


async def test_who_comes_later_has_it_asked_for_anew(server, cast, clock):
    async with asgi_server(server()) as http:
        one, two = Watcher("legacy"), Watcher("auto")
        async with one.connected(http.client), two.connected(http.client), one.watching(BOOK):
            await settled(lambda: cast.open)
            await cast.say(NotFound("there is no such market at the moment"))
            await settled(lambda: not cast.open)
            async with two.watching(BOOK):
                await settled(lambda: cast.open)
