"""Every tool through a client of each era: what it asks the venue, what it answers."""

from __future__ import annotations

import pytest
from pmi_mcp_world import QUESTIONS, World

pytestmark = pytest.mark.anyio

WITHOUT_DETAIL = {
    "get_account",
    "get_balance",
    "get_candlesticks",
    "get_exchange_status",
    "get_orderbook",
    "get_queue_position",
    "quote_cost",
}
WITH_DETAIL = sorted(QUESTIONS.keys() - WITHOUT_DETAIL)


async def test_every_tool_is_offered(serve, connect, world):
    async with connect(serve(world)) as client:
        assert {tool.name for tool in await client.tools()} == set(QUESTIONS)


@pytest.mark.parametrize("tool", QUESTIONS)
async def test_brief(serve, in_both_eras, world, snapshot, tool):
    world.markets = world.markets[:3]
    assert await in_both_eras(lambda: serve(world), tool, **QUESTIONS[tool]) == snapshot


@pytest.mark.parametrize("tool", WITH_DETAIL)
async def test_full(serve, in_both_eras, world, snapshot, tool):
    world.markets = world.markets[:1]
    assert await in_both_eras(lambda: serve(world), tool, detail="full", **QUESTIONS[tool]) == snapshot


async def test_brief_answers_are_small(serve, connect, world):
    async with connect(serve(world)) as client:
        for tool, arguments in QUESTIONS.items():
            assert len((await client.result(tool, **arguments)).content[0].text) < 3_500, tool


@pytest.mark.parametrize(
    "market",
    ["alpha:RATE-1", "https://alpha.example/markets/RATE-1", "RATE-1", " alpha:RATE-1 ", "alpha:RATE-1#no"],
)
async def test_a_market_is_named_in_many_ways(serve, connect, world, market):
    async with connect(serve(world)) as client:
        assert (await client.ask("get_market", market=market))["ref"] == "alpha:RATE-1"


async def test_an_own_id_known_at_two_venues_must_be_chosen(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        told = await client.fail("get_market", market="RATE-1")
        assert "alpha:RATE-1" in told["hint"]
        assert "beta:RATE-1" in told["hint"]
        assert (await client.ask("get_market", market="RATE-1", venue="beta"))["ref"] == "beta:RATE-1"


async def test_the_no_book_is_the_mirror(serve, connect, world):
    async with connect(serve(world)) as client:
        yes = await client.ask("get_orderbook", market="alpha:RATE-1")
        no = await client.ask("get_orderbook", market="alpha:RATE-1#no")
    assert (yes["best_bid"], no["outcome"], no["best_ask"]) == ("0.42", "no", "0.58")
    assert no["bids"]["price"] == ["0.56", "0.55"]


async def test_depth_is_kept_even_where_the_venue_gives_more(serve, connect, world):
    async with connect(serve(world)) as client:
        book = await client.ask("get_orderbook", market="alpha:RATE-1", depth=1)
    assert book["bids"] == {"price": ["0.42"], "size": ["100"], "levels_left": 2}


async def test_times_may_be_said_backwards_from_now(serve, connect, world):
    async with connect(serve(world)) as client:
        await client.ask("get_candlesticks", market="alpha:RATE-1", start="2d", end="36h", interval="1m")
        query = world.calls[-1][1]
    assert (query.start.isoformat(), query.end.isoformat()) == (
        "2026-01-03T15:00:00+00:00",
        "2026-01-04T03:00:00+00:00",
    )


async def test_orders_by_state_and_one_by_its_ref(serve, connect, world):
    async with connect(serve(world)) as client:
        assert len((await client.ask("get_orders"))["orders"]) == 2
        assert len((await client.ask("get_orders", status="all"))["orders"]) == 3
        (done,) = (await client.ask("get_orders", status="done"))["orders"]
        assert done["status"] == "canceled"
        (one,) = (await client.ask("get_orders", order="alpha:o2"))["orders"]
        assert one["client_order_id"] == "c2"


async def test_one_series_by_its_ref(serve, connect, world):
    async with connect(serve(world)) as client:
        assert (await client.ask("get_series", series="alpha:RATES"))["tags"] == ["Rates"]
        told = await client.fail("get_series", series="alpha:RATES", tag="Rates")
    assert "leave category, tag and cursor out" in told["hint"]


async def test_filters_reach_the_venue(serve, connect, world):
    async with connect(serve(world)) as client:
        await client.ask("get_events", series="alpha:RATES", category="Economics", status="any")
        events = world.calls[-1][1]
        await client.ask("get_fills", order="alpha:o9", start="2026-01-01", end="now")
        fills = world.calls[-1][1]
        await client.ask("get_positions", event="alpha:RATE", include_closed=True)
        positions = world.calls[-1][1]
    assert (events.series_ref, events.category, events.status) == ("alpha:RATES", "Economics", None)
    assert (fills.order_ref, fills.start.year) == ("alpha:o9", 2026)
    assert (positions.event_ref, positions.include_closed) == ("alpha:RATE", True)


async def test_no_tool_places_an_order(serve, connect, world):
    async with connect(serve(world)) as client:
        for tool in await client.tools():
            assert tool.annotations.read_only_hint
            assert not {"create", "place", "cancel", "amend"} & set(tool.name.split("_"))
