"""Every way in which a question can fail, and what the asker is told."""

from __future__ import annotations

import logging
from time import perf_counter

import pytest
from pmi_mcp_doubles import provider
from pmi_mcp_world import World

import pmi_core
import pmi_core.errors
from pmi_core import PmiError, SettingsError

pytestmark = pytest.mark.anyio


async def test_every_error_of_the_tree_is_told(serve, connect, world):
    async with connect(serve(world)) as client:
        for name in pmi_core.errors.__all__:
            world.failure = getattr(pmi_core, name)("something is wrong", code="E42")
            told = await client.fail("get_orderbook", market="alpha:RATE-1")
            assert (told["error"], told["venue_code"]) == (name, "E42")
            assert told["hint"], f"{name} says what to do"
            assert ("repeat_is_safe" in told) is (name == "UncertainError"), name


async def test_waiting_times_are_told(serve, connect, world):
    world.failure = pmi_core.BusyError("over the limit", retry_after=2.5)
    async with connect(serve(world)) as client:
        result = await client.result("get_balance")
    assert result.structured_content["retry_after"] == 2.5
    assert "after 2.5 s" in result.content[0].text


async def test_a_hint_of_the_provider_is_preferred(serve, connect, world):
    world.failure = PmiError("no", hint="do this instead")
    async with connect(serve(world)) as client:
        assert (await client.fail("get_balance"))["hint"] == "do this instead"


async def test_a_fault_goes_to_the_log_and_not_to_the_client(serve, connect, world, caplog):
    world.failure = KeyError("super-secret-internal")
    async with connect(serve(world)) as client:
        told = await client.fail("get_market", market="alpha:RATE-1")
    assert told["error"] == "InternalError"
    assert "super-secret" not in str(told)
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info[0] is KeyError


WRONG = [
    ("get_market", {}, "market is missing"),
    ("get_market", {"market": "alpha:RATE-1", "vnue": "x"}, "there is no argument 'vnue'"),
    ("get_market", {"market": 7}, "must be a valid string"),
    ("get_market", {"market": ""}, "no market was named"),
    ("get_market", {"market": "alpha:RATE-1", "detail": "huge"}, "must be 'brief' or 'full', not 'huge'"),
    ("search_markets", {"query": "a", "limit": 0}, "must be greater than or equal to 1, not 0"),
    ("search_markets", {"query": "a", "limit": 10**12}, "must be less than or equal to 100"),
    ("search_markets", {"query": "a", "limit": "5"}, "must be a valid integer, not '5'"),
    ("search_markets", {"query": ""}, "at least 1 character"),
    ("search_markets", {"query": "a" * 401}, "at most 400 characters"),
    ("search_markets", {"query": "a", "status": "sleeping"}, "not 'sleeping'"),
    ("search_markets", {"query": "a", "cursor": "nonsense"}, "is not a cursor"),
    ("search_markets", {"query": "a", "cursor": "beta=0."}, "which this question does not ask"),
    ("get_orderbook", {"market": "alpha:RATE-1", "depth": -1}, "must be greater than or equal to 1"),
    ("get_orderbook", {"market": "alpha:RATE-1#maybe"}, "does not name a market"),
    ("get_candlesticks", {"market": "alpha:RATE-1", "start": "yesterday"}, "'yesterday' is not a time"),
    ("get_candlesticks", {"market": "alpha:RATE-1", "start": "0001-01-01"}, "outside 1990 to 2200"),
    ("get_candlesticks", {"market": "alpha:RATE-1", "end": "9999-12-31"}, "outside 1990 to 2200"),
    ("get_candlesticks", {"market": "alpha:RATE-1", "start": "999999w"}, "is not a time"),
    (
        "get_candlesticks",
        {"market": "alpha:RATE-1", "start": "1h", "end": "2h"},
        "must end after it starts",
    ),
    (
        "get_candlesticks",
        {"market": "alpha:RATE-1", "start": "2020-01-01", "interval": "1m"},
        "10,000 candles",
    ),
    ("get_trades", {"market": "alpha:RATE-1", "start": "1h", "end": "2h"}, "ends before it starts"),
    ("get_event", {"event": "no ref at all"}, "does not name an event"),
    ("get_positions", {"market": "alpha:"}, "does not name a market"),
    ("get_orders", {"order": "beta:o1"}, "no venue 'beta' is configured"),
    ("get_fills", {"venue": "beta"}, "no venue 'beta' is configured"),
    ("get_balance", {"venue": "ALPHA"}, "no venue 'ALPHA' is configured"),
    ("get_account", {"venue": "beta"}, "no venue 'beta' is configured"),
    ("quote_cost", {"market": "alpha:RATE-1", "action": "buy"}, "exactly one of size and notional"),
    (
        "quote_cost",
        {"market": "alpha:RATE-1", "action": "buy", "size": "1", "notional": "1"},
        "exactly one of size and notional",
    ),
    ("quote_cost", {"market": "alpha:RATE-1", "action": "buy", "size": "-1"}, "never negative"),
    ("quote_cost", {"market": "alpha:RATE-1", "action": "buy", "size": "many"}, "size"),
    ("quote_cost", {"market": "alpha:RATE-1", "action": "hold", "size": "1"}, "must be 'buy' or 'sell'"),
    ("quote_cost", {"market": "alpha:NOPE", "action": "buy", "size": "1"}, "knows no market"),
    ("get_settlements", {"start": "1h", "end": "2h"}, "ends before it starts"),
    ("get_queue_position", {"orders": []}, "at least 1 item"),
    ("get_queue_position", {"orders": ["no ref at all"]}, "does not name an order"),
    ("get_queue_position", {"orders": ["beta:o1"]}, "no venue 'beta' is configured"),
    ("get_order_groups", {"group": "alpha:g9"}, "knows no group"),
    ("get_rfqs", {"rfq": "alpha:r9"}, "knows no request"),
    ("get_quotes", {"rfq": "no ref at all"}, "does not name a"),
    ("get_multivariate_collections", {"collection": "alpha:c9"}, "knows no collection"),
]


async def test_a_wrong_question_is_explained(serve, connect, world):
    async with connect(serve(world)) as client:
        for tool, arguments, said in WRONG:
            told = await client.fail(tool, **arguments)
            assert said in told["message"], (tool, arguments)
            assert told["hint"], (tool, arguments)
            assert "pydantic" not in str(told)


async def test_an_unknown_tool_is_an_error_of_the_protocol(serve, connect, world):
    async with connect(serve(world)) as client:
        result = await client.result("place_order")
    assert result.is_error
    assert "place_order" in result.content[0].text


async def test_an_unknown_venue_names_the_known_ones_and_what_to_install(serve, connect, world):
    async with connect(serve(world)) as client:
        told = await client.fail("get_market", market="zorkmarket:ABC")
        assert "configured are alpha" in told["message"]
        assert "pip install pmi-provider-zorkmarket" in told["hint"]
        told = await client.fail("get_market", market="ABC", venue="../evil; rm -rf")
        assert "pip install" not in told["hint"]


async def test_an_unknown_market_gets_the_nearest_that_was_shown(serve, connect, world):
    async with connect(serve(world)) as client:
        told = await client.fail("get_market", market="alpha:RATE-99")
        assert "did you mean" not in told["hint"]
        await client.ask("search_markets", query="rate", limit=3)
        told = await client.fail("get_market", market="alpha:RATE-33")
    assert "did you mean alpha:RATE-3" in told["hint"]


async def test_a_ref_of_another_kind_gets_the_tool_that_reads_it(serve, connect, world):
    async with connect(serve(world)) as client:
        event = (await client.ask("get_events"))["events"][0]["ref"]
        assert (await client.fail("get_market", market=event))["hint"] == f"get_event reads {event}"
        told = await client.fail("get_market", market=event + "X")
        assert event not in told["hint"], "an event is no suggestion for a market"
        told = await client.fail("get_event", event="alpha:RATE-1")
        assert "get_market" not in told["hint"], "nothing is known of it yet"
        await client.ask("get_market", market="alpha:RATE-1")
        assert "get_market reads" in (await client.fail("get_event", event="alpha:RATE-1"))["hint"]


async def test_a_venue_may_be_written_in_any_case(serve, connect, world):
    async with connect(serve(world)) as client:
        assert (await client.ask("get_market", market="ALPHA:RATE-1"))["ref"] == "alpha:RATE-1"


async def test_a_ref_that_cannot_be_asks_no_venue(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        told = await client.fail("get_market", market="alpha:RATE-1#maybe")
    assert told["error"] == "MalformedRef"
    assert "#no" in told["hint"]


async def test_an_unknown_id_names_the_venues_that_were_asked(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        told = await client.fail("get_market", market="NOPE")
    assert told["error"] == "NotFound"
    assert "alpha, beta" in told["message"]


async def test_a_ref_of_another_venue_than_asked_for(serve, connect, world):
    async with connect(serve(world, World("beta"))) as client:
        told = await client.fail("get_market", market="alpha:RATE-1", venue="beta")
    assert "belongs to venue 'alpha'" in told["message"]


async def test_a_venue_that_cannot_be_opened_stops_nothing(serve, connect, registry_of, world):
    shut = provider(World("beta"), opening=SettingsError("api_key is missing", hint="set api_key"))
    async with connect(serve(registry=registry_of(provider(world), shut))) as client:
        assert (await client.ask("get_market", market="alpha:RATE-1"))["ref"] == "alpha:RATE-1"
        told = await client.fail("get_market", market="beta:RATE-1")
        assert (told["error"], told["venue"], told["hint"]) == ("SettingsError", "beta", "set api_key")
        found = await client.ask("search_markets", query="rate")
        assert [error["venue"] for error in found["errors"]] == ["beta"]
        rows = (await client.ask("list_venues", detail="full"))["venues"]
        assert [(row["venue"], row["status"]) for row in rows] == [
            ("alpha", "open"),
            ("beta", "cannot be opened"),
        ]


async def test_a_venue_that_does_not_answer_is_given_up(serve, connect, world):
    world.hangs = True
    async with connect(serve(world, World("beta"), venue_seconds=0.05)) as client:
        told = await client.fail("get_market", market="alpha:RATE-1")
        assert told["error"] == "Unreachable"
        found = await client.ask("search_markets", query="rate", limit=3)
    assert len(found["markets"]) == 3
    assert found["errors"][0]["venue"] == "alpha"


async def test_a_slow_venue_keeps_nobody_waiting(serve, connect, world, monkeypatch):
    monkeypatch.setattr("pmi_mcp.asking.LINGER", 0.05)
    world.hangs = True
    async with connect(serve(world, World("beta"), venue_seconds=20)) as client:
        started = perf_counter()
        found = await client.ask("search_markets", query="rate", limit=3)
        (late,) = found["errors"]
        assert (late["venue"], late["error"], len(found["markets"])) == ("alpha", "Unreachable", 3)
        assert "ask alpha alone" in late["hint"]
        states = (await client.ask("get_exchange_status"))["venues"]
        assert [state.get("error") for state in states] == ["Unreachable", None]
        assert [row["venue"] for row in (await client.ask("get_balance"))["balances"]] == ["beta"]
        world.resolves_slowly = True
        assert (await client.ask("get_market", market="RATE-1"))["ref"] == "beta:RATE-1"
        assert perf_counter() - started < 10


async def test_a_venue_that_does_not_look_ids_up_stops_no_other(serve, connect, world):
    world.resolves_slowly = True
    async with connect(serve(world, World("beta"), venue_seconds=0.05)) as client:
        assert (await client.ask("get_market", market="RATE-1"))["ref"] == "beta:RATE-1"
        told = await client.fail("get_market", market="NOPE")
        assert "alpha could not be asked" in told["hint"]
        told = await client.fail("get_market", market="RATE-1", venue="alpha")
        assert told["error"] == "Unreachable"


async def test_what_a_venue_says_of_an_id_is_passed_on(serve, connect, world):
    world.refuses_to_resolve = pmi_core.RequestError(
        "RATE is an event with several markets", hint="name one of them: alpha:RATE-1, alpha:RATE-2"
    )
    async with connect(serve(world, World("beta", markets=[]))) as client:
        told = await client.fail("get_market", market="RATE")
    assert (told["venue"], told["message"]) == ("alpha", "RATE is an event with several markets")
    assert "alpha:RATE-2" in told["hint"]


async def test_broken_plugins_are_listed_with_the_reason(serve, connect, registry_of, world):
    async with connect(serve(registry=registry_of(provider(world), broken=["mangled"]))) as client:
        (broken,) = (await client.ask("list_venues"))["broken"]
    assert broken["provider"] == "mangled"
    assert broken["reason"]


async def test_a_server_without_any_venue_says_so(connect, registry_of, serve):
    async with connect(serve(registry=registry_of())) as client:
        told = await client.ask("list_venues")
    assert told["venues"] == []
    assert "pip install" in told["hint"]
