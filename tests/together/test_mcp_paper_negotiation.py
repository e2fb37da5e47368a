"""Groups, quotes and combinations over the exchange inside the process, with a person who answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult

from pmi_core import CollectionQuery, MarketQuery, Registry, RfqQuery
from pmi_core.desk import ApprovalChannel, Desk
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings

pytestmark = pytest.mark.anyio


class Person:
    """Who sits at the client; says yes until told otherwise."""

    def __init__(self):
        self.says_yes = True
        self.read = []

    async def __call__(self, message, response_type, params, context):
        self.read.append(message)
        return ElicitResult(action="accept", content={"approve": self.says_yes})


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


@pytest.fixture
def registry(tmp_path, clock):
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.paper]\n[approvals]\nopen_browser = false\n", encoding="utf-8")
    return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)


@pytest.fixture
def person():
    return Person()


@pytest.fixture(params=["auto", "legacy"])
async def client(registry, clock, person, request):
    server = build(registry, ServerSettings(toolsets="all"), clock)
    async with Client(server, mode=request.param, elicitation_handler=person) as opened:
        yield opened


async def ask(client, tool, **arguments):
    return (await client.call_tool(tool, arguments)).structured_content


async def fail(client, tool, **arguments):
    answer = await client.call_tool(tool, arguments, raise_on_error=False)
    assert answer.is_error, answer.structured_content
    return answer.structured_content


async def open_market(registry):
    """A market with offers on both sides."""
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=100))
    return next(
        row
        for row in page.items
        if row.is_open and None not in (row.yes.bid, row.yes.ask) and row.yes.bid > row.yes.ask / 2
    )


async def test_a_group_is_made_filled_stopped_loosened_and_deleted(client, registry, person):
    group = await ask(client, "create_order_group", limit="50")
    assert person.read == [], "a group by itself risks nothing"
    market = await open_market(registry)
    size = str(max(Decimal(1), market.min_size or Decimal(1)))
    low = str(market.price_grid.snap(Decimal("0.02"), towards="ceiling"))
    placed = await ask(
        client,
        "create_order",
        market=f"{market.ref}#yes",
        action="buy",
        size=size,
        price=low,
        group=group["ref"],
    )
    (order,) = placed["orders"]
    assert order["status"] == "open"
    stopped = await ask(client, "update_order_group", group=group["ref"], change="trigger")
    assert stopped["triggered"] is True
    (gone,) = (await ask(client, "get_orders", order=order["ref"]))["orders"]
    assert gone["status"] == "canceled"
    asked_before = len(person.read)
    loosened = await ask(client, "update_order_group", group=group["ref"], change="reset", intent="go on")
    assert (loosened["status"], len(person.read)) == ("done", asked_before + 1)
    assert "work again" in person.read[-1]
    await ask(client, "update_order_group", group=group["ref"], change="set_limit", limit="70")
    (row,) = (await ask(client, "get_order_groups", group=group["ref"]))["groups"]
    assert (row["limit"], row["triggered"]) == ("70", False)
    assert (await ask(client, "update_order_group", group=group["ref"], change="delete"))[
        "status"
    ] == "deleted"
    assert (await ask(client, "get_order_groups"))["groups"] == []


async def test_a_group_is_loosened_by_nobody_who_was_refused(client, person):
    group = await ask(client, "create_order_group", limit="5", venue="paper")
    person.says_yes = False
    refused = await ask(client, "update_order_group", group=group["ref"], change="set_limit", limit="500")
    assert refused["status"] == "refused"
    (row,) = (await ask(client, "get_order_groups"))["groups"]
    assert row["limit"] == "5"


async def test_group_calls_that_cannot_be(client, person):
    group = await ask(client, "create_order_group", limit="5")
    assert "limit" in (await fail(client, "create_order_group", limit="-5"))["message"]
    assert "limit" in (await fail(client, "create_order_group", limit="many"))["message"]
    told = await fail(client, "update_order_group", group=group["ref"], change="trigger", limit="5")
    assert "only with it" in told["message"]
    told = await fail(client, "update_order_group", group=group["ref"], change="set_limit")
    assert "only with it" in told["message"]
    assert (await fail(client, "update_order_group", group="paper:none", change="trigger"))[
        "error"
    ] == "NotFound"
    assert (await fail(client, "update_order_group", group="nowhere:g1", change="delete"))["error"]
    assert person.read == []


async def test_a_quote_is_asked_for_and_taken(client, registry, clock, person):
    market = await open_market(registry)
    rfq = await ask(client, "create_rfq", market=market.ref, size="60")
    assert (rfq["mine"], rfq["status"], person.read) == (True, "open", [])
    assert rfq["ref"] in rfq["next"]
    await clock.advance(20)
    quotes = (await ask(client, "get_quotes", rfq=rfq["ref"]))["quotes"]
    taken = next(row for row in quotes if "no_bid" in row)
    answer = await ask(
        client, "accept_quote", quote=taken["ref"], outcome="yes", intent="get YES at a fair price"
    )
    assert answer["status"] == "done"
    (asked,) = person.read
    assert taken["ref"] in asked
    await clock.advance(2)
    (position,) = (await ask(client, "get_positions"))["positions"]
    assert (position["market"], position["outcome"]) == (market.ref, "yes")
    assert Decimal(position["average_price"]) == 1 - Decimal(taken["no_bid"])


async def test_a_quote_that_a_person_refuses_is_not_taken(client, registry, clock, person):
    market = await open_market(registry)
    rfq = await ask(client, "create_rfq", market=market.ref, size="60")
    await clock.advance(20)
    quotes = (await ask(client, "get_quotes", rfq=rfq["ref"]))["quotes"]
    taken = next(row for row in quotes if "no_bid" in row)
    person.says_yes = False
    assert (await ask(client, "accept_quote", quote=taken["ref"], outcome="yes"))["status"] == "refused"
    closed = await ask(client, "cancel_rfq", rfq=rfq["ref"])
    assert closed["status"] == "closed"
    assert (await ask(client, "cancel_rfq", rfq=rfq["ref"]))["status"] == "closed"
    left = (await ask(client, "get_quotes", rfq=rfq["ref"], open_only=True))["quotes"]
    assert left == []


async def of_a_member(registry, clock):
    """A request of another member in a market with room on both sides."""
    venue = await registry.venue("paper")
    for _ in range(30):
        for rfq in (await venue.quotes.list_rfqs(RfqQuery(mine=False))).items:
            market = await venue.markets.get_market(rfq.market_ref)
            if market.yes.bid and market.yes.ask and market.yes.bid > Decimal("0.1"):
                return rfq, market
        await clock.advance(300)
    raise AssertionError("no member asked for a quote in hours")


async def test_a_quote_is_given_and_confirmed(client, registry, clock, person):
    rfq, market = await of_a_member(registry, clock)
    given = await ask(
        client, "create_quote", rfq=rfq.ref, yes_bid=str(market.yes.bid), no_bid=str(market.no.bid)
    )
    assert (given["status"], len(person.read)) == ("done", 1)
    (quote,) = [row for row in (await ask(client, "get_quotes"))["quotes"] if row["mine"]]
    assert (await fail(client, "confirm_quote", quote=quote["ref"]))["error"], "nobody accepted it yet"
    await clock.advance(4)
    (accepted,) = [row for row in (await ask(client, "get_quotes"))["quotes"] if row["mine"]]
    assert accepted["status"] == "accepted"
    assert (await ask(client, "confirm_quote", quote=quote["ref"]))["status"] == "done"
    (executed,) = [row for row in (await ask(client, "get_quotes"))["quotes"] if row["mine"]]
    assert executed["status"] == "executed"
    (fill,) = (await ask(client, "get_fills"))["fills"]
    assert fill["fill"] == f"buy {accepted['maker_gets']}"


async def test_an_own_quote_is_withdrawn_without_a_question(client, registry, clock, person):
    rfq, market = await of_a_member(registry, clock)
    low = str(market.price_grid.snap(Decimal("0.02"), towards="ceiling"))
    await ask(client, "create_quote", rfq=rfq.ref, yes_bid=low)
    (quote,) = [row for row in (await ask(client, "get_quotes"))["quotes"] if row["mine"]]
    questions = len(person.read)
    assert (await ask(client, "cancel_quote", quote=quote["ref"]))["status"] == "canceled"
    assert (await ask(client, "cancel_quote", quote=quote["ref"]))["status"] == "canceled"
    assert len(person.read) == questions


async def test_quote_calls_that_cannot_be(client, registry, clock, person):
    market = await open_market(registry)
    told = await fail(client, "create_rfq", market=market.ref, size="5", notional="5")
    assert "exactly one" in told["message"]
    assert (await fail(client, "create_rfq", market="paper:NONE", size="5"))["error"] == "NotFound"
    rfq, _ = await of_a_member(registry, clock)
    assert "at least one side" in (await fail(client, "create_quote", rfq=rfq.ref))["message"]
    told = await fail(client, "create_quote", rfq=rfq.ref, yes_bid="0.6", no_bid="0.6")
    assert "more than 1" in told["message"]
    assert (await fail(client, "cancel_rfq", rfq=rfq.ref))["error"], "it is another member's"
    assert (await fail(client, "accept_quote", quote="paper:q999", outcome="no"))["error"] == "NotFound"
    assert person.read == []


async def test_the_market_of_a_combination(client, registry, person):
    venue = await registry.venue("paper")
    collection = (await venue.combos.list_collections(CollectionQuery())).items[0]
    legs = []
    for ref in collection.event_refs[: max(collection.min_legs, 2)]:
        event = await venue.events.get_event(ref)
        legs.append(f"{event.markets[0].ref}#yes")
    opened = await ask(client, "open_combo", collection=collection.ref, legs=legs)
    again = await ask(client, "open_combo", collection=collection.ref, legs=legs)
    assert opened["ref"] == again["ref"]
    assert (await ask(client, "get_market", market=opened["ref"]))["ref"] == opened["ref"]
    assert person.read == []
    bare = [leg.removesuffix("#yes") for leg in legs]
    told = await fail(client, "open_combo", collection=collection.ref, legs=bare)
    assert "which outcome" in told["message"]
    assert (await fail(client, "open_combo", collection="paper:NONE", legs=legs))["error"] == "NotFound"


@pytest.mark.parametrize("tool", ["create_order_group", "create_rfq"])
async def test_a_request_without_an_answer_may_have_been_granted(registry, clock, monkeypatch, tool):
    venue = await registry.venue("paper")
    market = await open_market(registry)

    async def never(*given):
        await asyncio.sleep(3600)

    monkeypatch.setattr(type(venue.groups), "create_group", never)
    monkeypatch.setattr(type(venue.quotes), "create_rfq", never)
    arguments = {"limit": "5"} if tool == "create_order_group" else {"market": market.ref, "size": "5"}
    server = build(registry, ServerSettings(toolsets="all", venue_seconds=1), clock)
    async with Client(server) as client:
        told = await fail(client, tool, **arguments)
    assert (told["error"], told["repeat_is_safe"]) == ("UncertainError", False)
    assert "may have been done" in told["message"]
    assert "look there before asking again" in told["hint"]


async def test_what_nobody_is_asked_about_here_waits_and_is_done_once(registry, clock, tmp_path):
    server = build(registry, ServerSettings(toolsets="groups"), clock)
    async with Client(server) as client:
        group = await ask(client, "create_order_group", limit="5")
        waiting = await ask(client, "update_order_group", group=group["ref"], change="set_limit", limit="500")
        assert waiting["status"] == "waiting"
        assert "500" in waiting["draft"]
        (row,) = (await ask(client, "get_order_groups"))["groups"]
        assert row["limit"] == "5"
        elsewhere = Registry.load(
            config_path=tmp_path / "pmi.toml", environ={"PMI_HOME": str(tmp_path)}, clock=clock
        )
        async with elsewhere, Desk(elsewhere) as desk:
            await desk.approve(waiting["code"], ApprovalChannel.TERMINAL, by="a test")
        done = await ask(client, "confirm_order", code=waiting["code"])
        assert done["status"] == "done"
        (row,) = (await ask(client, "get_order_groups"))["groups"]
        assert row["limit"] == "500"
        again = await ask(client, "confirm_order", code=waiting["code"])
        assert (again["status"], again["repeated"]) == ("done", True)
