"""Whose a subscription is, and when it ends: by pipes, by sessions over HTTP, without any session."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from fastmcp import Client
from fastmcp.server.auth import StaticTokenVerifier
from fastmcp.utilities.tests import asgi_server
from pmi_mcp_broadcast import Broadcast, book, trade
from pmi_mcp_world import NOW

from pmi_core import SequenceGap
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings

pytestmark = pytest.mark.anyio

MODES = {"modern": "auto", "handshake": "legacy"}


@pytest.fixture
def cast(world):
    return Broadcast(world)


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def server(registry_of, cast, clock):
    def make(**settings):
        registry = registry_of(cast.provider())
        return build(registry, ServerSettings(**{"toolsets": "live"} | settings), clock)

    return make


@pytest.fixture(params=MODES)
def mode(request):
    return MODES[request.param]


async def ask(client, tool, **arguments):
    answer = await client.call_tool(tool, arguments, raise_on_error=False)
    assert not answer.is_error, answer.content[0].text
    return answer.structured_content


async def fail(client, tool, **arguments):
    answer = await client.call_tool(tool, arguments, raise_on_error=False)
    assert answer.is_error, answer.structured_content
    return answer.structured_content


async def taken_by(client, number=1):
    return (await ask(client, "subscribe", markets=[f"alpha:RATE-{number}"]))["subscription"]


async def test_over_http_an_id_is_all_that_a_modern_client_has(server, cast):
    async with (
        asgi_server(server()) as http,
        http.client(mode="auto") as one,
        http.client(mode="auto") as two,
    ):
        name = await taken_by(one)
        assert len(name) >= 16, "nobody guesses it"
        await cast.say(book(1))
        assert (await ask(one, "read_updates", subscription=name))["markets"][0]["state"] == "live"
        for tool in ("list_subscriptions", "unsubscribe"):
            assert "name a subscription by the id" in (await fail(two, tool))["hint"]
        other = name[:-1] + ("y" if name.endswith("x") else "x")
        assert "no such" in (await fail(two, "read_updates", subscription=other))["message"]
        assert (await ask(one, "unsubscribe", subscription=name))["ended"] == [name]
    assert cast.open == []


async def test_over_http_sessions_are_kept_apart_and_end_what_is_theirs(server, cast):
    async with asgi_server(server()) as http, http.client(mode="legacy") as one:
        async with http.client(mode="legacy") as two:
            mine, other = await taken_by(one, 1), await taken_by(two, 2)
            assert "no such" in (await fail(two, "read_updates", subscription=mine))["message"]
            assert "no such" in (await fail(two, "unsubscribe", subscription=mine))["message"]
            (row,) = (await ask(two, "list_subscriptions"))["subscriptions"]
            assert row["subscription"] == other
            assert len(cast.open) == 2
        assert (await ask(one, "list_subscriptions"))["subscriptions"][0]["subscription"] == mine
        assert [wanted.market_refs for wanted in cast.open] == [("alpha:RATE-1",)]


async def test_a_token_tells_modern_clients_apart(server, cast):
    serving = server()
    serving.auth = StaticTokenVerifier(
        {name: {"client_id": name, "scopes": [], "sub": name} for name in ("anna", "bert")}
    )
    async with (
        asgi_server(serving) as http,
        http.client(mode="auto", auth="anna") as anna,
        http.client(mode="auto", auth="bert") as bert,
    ):
        name = await taken_by(anna)
        assert (await ask(bert, "list_subscriptions"))["subscriptions"] == []
        assert "no such" in (await fail(bert, "read_updates", subscription=name))["message"]
        assert (await ask(bert, "unsubscribe"))["ended"] == []
        assert (await ask(anna, "unsubscribe"))["ended"] == [name]


async def test_over_http_what_nobody_reads_ends(server, cast, clock, mode):
    async with asgi_server(server(live_minutes=5)) as http, http.client(mode=mode) as client:
        read, unread = await taken_by(client, 1), await taken_by(client, 2)
        for _ in range(3):
            await clock.advance(120)
            await ask(client, "read_updates", subscription=read, wait=0)
        assert [wanted.market_refs for wanted in cast.open] == [("alpha:RATE-1",)]
        told = await fail(client, "read_updates", subscription=unread)
        assert "not read for 5 minutes" in told["hint"]
        await clock.advance(600)
        assert cast.open == []


async def test_by_pipes_a_client_may_be_silent_for_long(server, cast, clock, mode):
    async with Client(server(live_minutes=1), mode=mode) as client:
        name = await taken_by(client)
        await clock.advance(86_400)
        await cast.say(book(1))
        assert (await ask(client, "read_updates", subscription=name, wait=0))["markets"]
    assert cast.open == []


async def test_what_lost_updates_is_heard_again(server, cast, clock, mode):
    async with Client(server(), mode=mode) as client:
        name = (await ask(client, "subscribe", markets=["alpha:RATE-1"], updates=["book", "trades"]))[
            "subscription"
        ]
        await cast.say(book(1), SequenceGap("3 updates were lost"))
        assert cast.open == []
        await clock.advance(1)
        await cast.say(book(1, "0.50"), trade(4))
        told = await ask(client, "read_updates", subscription=name, wait=0)
    assert [row["event"] for row in told["events"]] == ["connection", "lost", "connection", "trade"]
    assert (told["state"], told["markets"][0]["book"]["best_bid"]) == ("live", "0.50")


async def test_a_read_that_waits_counts_as_reading(server, cast, clock):
    @asynccontextmanager
    async def waiting(client, name, cursor):
        task = asyncio.create_task(ask(client, "read_updates", subscription=name, cursor=cursor, wait=25))
        await asyncio.sleep(0.05)
        yield task
        await task

    async with asgi_server(server(live_minutes=1)) as http, http.client(mode="auto") as client:
        name = await taken_by(client)
        cursor = (await ask(client, "read_updates", subscription=name))["cursor"]
        await clock.advance(50)
        async with waiting(client, name, cursor) as task:
            await clock.advance(20)
            assert not task.done()
            assert cast.open, "it is being read"
            await cast.say(book(1))
        assert (await task)["state"] == "live"


async def test_coming_and_going_leaves_nothing_behind(server, cast, clock, mode):
    before = asyncio.all_tasks()
    async with Client(server(), mode=mode) as client:
        await ask(client, "list_subscriptions")
        serving = asyncio.all_tasks()
        for _ in range(10):
            names = [await taken_by(client, number) for number in (1, 2, 3)]
            await asyncio.gather(*(ask(client, "unsubscribe", subscription=name) for name in names))
        await fail(client, "subscribe", markets=["alpha:NONE"])
        assert cast.open == []
        assert asyncio.all_tasks() <= serving
        await taken_by(client)
    assert cast.open == []
    assert asyncio.all_tasks() <= before
    assert clock.sleeping == 0


async def test_a_subscribing_that_is_broken_off_leaves_nothing_behind(server, cast, world, mode):
    async with Client(server(venue_seconds=0.2), mode=mode) as client:
        cast.silent = True
        told = await fail(client, "subscribe", markets=["alpha:RATE-1"])
        assert told["error"] == "Unreachable"
        cast.silent = False
        assert (await ask(client, "list_subscriptions"))["subscriptions"] == []
        await taken_by(client)
        assert len(cast.open) == 1
    assert cast.open == []
