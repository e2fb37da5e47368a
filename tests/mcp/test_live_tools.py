"""The tools of live data, by clients of both eras, over a venue that says what a test wants."""

from __future__ import annotations

import asyncio

import pytest
from pmi_mcp_broadcast import Broadcast, book, state, ticker, trade
from pmi_mcp_world import World

from pmi_core import SequenceGap, Unreachable
from pmi_core.models import (
    Channel,
    FillReversed,
    FillUpdate,
    LifecycleUpdate,
    OrderUpdate,
    PositionUpdate,
)
from pmi_mcp.settings import Toolset

pytestmark = pytest.mark.anyio

TOOLS = ["subscribe", "read_updates", "unsubscribe", "list_subscriptions"]
NOW = "2026-01-05T15:00:00Z"


@pytest.fixture
def cast(world):
    return Broadcast(world)


@pytest.fixture
def live(serve, registry_of, connect, cast):
    """A client of a server over the venue that streams."""

    def make(**settings):
        return connect(serve(registry=registry_of(cast.provider()), **{"toolsets": "live"} | settings))

    return make


async def test_the_tools_are_there_where_a_venue_streams(live, serve, connect, world, snapshot):
    async with live() as client:
        tools = await client.tools()
        assert [tool.name for tool in tools] == TOOLS
        assert all(tool.annotations.read_only_hint for tool in tools)
        assert [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in tools] == snapshot
    async with connect(serve(world)) as client:
        assert not {tool.name for tool in await client.tools()} & set(TOOLS)
        assert await client.client.list_resource_templates() == []


async def test_what_a_market_does_is_told(live, cast, world, snapshot):
    async with live() as client:
        taken = await client.ask(
            "subscribe",
            markets=["alpha:RATE-1", "RATE-2", "https://alpha.example/markets/RATE-1"],
            updates=["book", "ticker", "trades", "lifecycle"],
        )
        assert taken["markets"] == ["alpha:RATE-1", "alpha:RATE-2"]
        (wanted,) = cast.open
        assert wanted.channels == {Channel.BOOK, Channel.TICKER, Channel.TRADE, Channel.LIFECYCLE}
        closing = LifecycleUpdate(
            kind="closed",
            market_ref="alpha:RATE-2",
            market=world.markets[1],
            received_time=world.markets[1].as_of,
        )
        await cast.say(book(1), ticker(world, 1), trade(7), closing)
        told = await client.ask("read_updates", subscription=taken["subscription"], depth=1)
        cursor = told.pop("cursor")
        assert told == snapshot
        await cast.say(book(2, "0.60"))
        news = await client.ask("read_updates", subscription=taken["subscription"], cursor=cursor)
    assert [row["market"] for row in news["markets"]] == ["alpha:RATE-2"]
    assert news["events"] == []
    assert cast.open == [], "the subscription ended with its client"


async def test_what_the_account_does_is_told(live, cast, world, snapshot):
    order, fill, position = world.orders[0], world.fills[0], world.positions[0]
    at = order.created_time
    async with live() as client:
        taken = await client.ask("subscribe")
        assert (taken["venue"], taken["updates"]) == ("alpha", ["orders", "fills", "positions"])
        await cast.say(
            OrderUpdate(order=order, received_time=at),
            FillUpdate(fill=fill, received_time=at),
            PositionUpdate(position=position, received_time=at),
            FillReversed(fill=fill, reason="the chain\x1b[31m turned back", received_time=at),
        )
        told = await client.ask("read_updates", subscription=taken["subscription"])
    told.pop("cursor")
    assert told == snapshot


async def test_a_read_waits_for_news(live, cast):
    async with live() as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"]))["subscription"]
        cursor = (await client.ask("read_updates", subscription=taken))["cursor"]
        waiting = asyncio.create_task(client.ask("read_updates", subscription=taken, cursor=cursor, wait=25))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await cast.say(book(1))
        assert (await waiting)["markets"][0]["state"] == "live"
        nothing = await client.ask("read_updates", subscription=taken, wait=0)
        assert nothing["markets"]


async def test_staleness_and_gaps_are_told_and_no_book_meanwhile(live, cast):
    async with live() as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1", "alpha:RATE-2"]))["subscription"]
        await cast.say(book(1), book(2), state("gap", 2, reason="4 messages are missing"))
        told = await client.ask("read_updates", subscription=taken)
        states = {row["market"]: (row["state"], "book" in row) for row in told["markets"]}
        assert states == {"alpha:RATE-1": ("live", True), "alpha:RATE-2": ("gap", False)}
        assert told["events"][-1] == {
            "event": "connection",
            "at": NOW,
            "state": "gap",
            "reason": "4 messages are missing",
            "markets": ["alpha:RATE-2"],
        }
        assert "reason" in told["untrusted"]


async def test_a_stream_that_lost_updates_is_opened_again_and_says_so(live, cast, registry_of):
    async with live() as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"]))["subscription"]
        await cast.say(book(1), SequenceGap("the consumer was too slow: 9 updates were lost"))
        told = await client.ask("read_updates", subscription=taken)
        assert (told["state"], told["events"][-1]["event"]) == ("gap", "lost")
        assert "9 updates" in told["events"][-1]["reason"]
        assert "book" not in told["markets"][0]


async def test_a_stream_that_fails_says_why_and_stays_readable(live, cast):
    async with live() as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"], updates=["trades"]))["subscription"]
        await cast.say(trade(1), Unreachable("the venue is gone, password=hunter2secret"))
        told = await client.ask("read_updates", subscription=taken)
        assert (told["state"], told["events"][-1]["size"]) == ("closed", "1")
        assert told["reason"].startswith("the venue is gone")
        assert "hunter2" not in str(told)
        again = await client.ask("read_updates", subscription=taken, cursor=told["cursor"], wait=25)
        assert again["state"] == "closed", "there is nothing to wait for"


async def test_a_fault_of_a_provider_ends_the_subscription_in_general_words(live, cast, caplog):
    async with live() as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"]))["subscription"]
        await cast.say(ZeroDivisionError("inner secret"))
        told = await client.ask("read_updates", subscription=taken)
    assert told["state"] == "closed"
    assert "inner secret" not in str(told)
    assert "a subscription failed" in caplog.text


async def test_one_is_ended_or_all(live, cast):
    async with live() as client:
        one, two, three = [
            (await client.ask("subscribe", markets=[f"alpha:RATE-{n}"]))["subscription"] for n in (1, 2, 3)
        ]
        rows = (await client.ask("list_subscriptions"))["subscriptions"]
        assert [row["subscription"] for row in rows] == [one, two, three]
        assert rows[0] | {"subscription": ""} == {
            "subscription": "",
            "venue": "alpha",
            "updates": ["book"],
            "markets": ["alpha:RATE-1"],
            "state": "live",
            "since": NOW,
            "last_heard": NOW,
        }
        assert (await client.ask("unsubscribe", subscription=two))["ended"] == [two]
        assert len(cast.open) == 2
        assert "no such subscription" in (await client.fail("unsubscribe", subscription=two))["message"]
        assert "no such subscription" in (await client.fail("read_updates", subscription=two))["message"]
        assert (await client.ask("unsubscribe"))["ended"] == [one, three]
        assert cast.open == []
        assert (await client.ask("list_subscriptions"))["subscriptions"] == []


async def test_ending_a_subscription_ends_a_read_that_waits(live, cast):
    async with live() as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"]))["subscription"]
        cursor = (await client.ask("read_updates", subscription=taken))["cursor"]
        waiting = asyncio.create_task(client.ask("read_updates", subscription=taken, cursor=cursor, wait=25))
        await asyncio.sleep(0.05)
        await client.ask("unsubscribe")
        assert (await waiting)["state"] == "closed"


async def test_limits_are_refused_with_what_to_do(live):
    async with live(live_subscriptions=2, live_markets=3) as client:
        await client.ask("subscribe", markets=["alpha:RATE-1", "alpha:RATE-2"])
        much = await client.fail("subscribe", markets=["alpha:RATE-3", "alpha:RATE-4"])
        assert (much["venue_code"], "2 markets subscribed to already" in much["message"]) == (
            "live_markets",
            True,
        )
        alone = await client.fail("subscribe", markets=[f"alpha:RATE-{n}" for n in range(1, 5)])
        assert "4 markets are more than the 3" in alone["message"]
        await client.ask("subscribe", updates=["fills"])
        many = await client.fail("subscribe", markets=["alpha:RATE-3"])
        assert many["venue_code"] == "live_subscriptions"
        assert "unsubscribe" in many["hint"]


async def test_a_server_has_a_limit_for_all_clients(live):
    async with live(live_total=1) as client:
        await client.ask("subscribe", markets=["alpha:RATE-1"])
        assert (await client.fail("subscribe", markets=["alpha:RATE-2"]))["venue_code"] == "live_total"


async def test_a_market_that_is_not_there_is_refused_and_counts_for_nothing(live, cast):
    async with live(live_subscriptions=1) as client:
        told = await client.fail("subscribe", markets=["alpha:NONE"])
        assert told["error"] == "NotFound"
        await client.ask("subscribe", markets=["alpha:RATE-1"])
    assert cast.open == []


async def test_markets_of_two_venues_are_two_subscriptions(serve, registry_of, connect, cast):
    other = Broadcast(World("beta"))
    server = serve(registry=registry_of(cast.provider(), other.provider()), toolsets={Toolset.LIVE})
    async with connect(server) as client:
        told = await client.fail("subscribe", markets=["alpha:RATE-1", "beta:RATE-1"])
        assert "2 venues" in told["message"]
        assert "name markets, or one of alpha, beta" in (await client.fail("subscribe"))["hint"]
        assert (await client.ask("subscribe", venue="beta", updates=["fills"]))["venue"] == "beta"


async def test_books_need_markets(live):
    async with live() as client:
        assert "name the markets" in (await client.fail("subscribe", updates=["book"]))["message"]
        told = await client.fail("subscribe", updates=["trades", "orders", "ticker"])
        assert told["message"] == "name the markets to follow ticker and trades of"
        assert "give markets" in told["hint"]


async def test_answers_keep_to_their_budget_and_go_on(live, cast):
    async with live(answer_bytes=2_000) as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"], updates=["trades"]))["subscription"]
        await cast.say(*(trade(number) for number in range(1, 61)))
        sizes, cursor = [], None
        for _ in range(30):
            result = await client.result("read_updates", subscription=taken, cursor=cursor, wait=0)
            assert len(result.content[0].text) <= 2_000
            told = result.structured_content
            sizes += [int(row["size"]) for row in told["events"] if row["event"] == "trade"]
            cursor = told["cursor"]
            if "more" not in told:
                break
    assert sizes == list(range(1, 61))


async def test_a_client_that_never_reads_costs_no_more_than_its_room(live, cast):
    async with live(live_events=20) as client:
        taken = (await client.ask("subscribe", markets=["alpha:RATE-1"], updates=["book", "trades"]))[
            "subscription"
        ]
        for number in range(20):
            await cast.say(*(trade(number * 50 + step) for step in range(1, 51)), book(1))
        assert all(line.empty() for line in cast.lines), "the venue is never held up"
        told = await client.ask("read_updates", subscription=taken)
    assert (len(told["events"]), told["lost_events"]) == (20, 981)
    assert told["events"][-1]["size"] == "1000"
