"""Every tool in the table, by a real client, at an exchange that speaks a real venue's protocol on this machine.

The venue counts as real money, because it stands at an address of one's own: so the mode is live, the
caps are written, and a person says yes.
"""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult

from pmi_core import Registry
from pmi_core.testing.clock import RunningClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings
from pmi_mcp.tools import ALL
from pmi_provider_kalshi.sandbox import Sandbox

pytestmark = pytest.mark.anyio

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "tool-map.md"
SPEED = 5
"""Slow enough that nothing that was accepted expires on a busy machine before it is confirmed."""
PATIENCE = 60
CONFIG = """
mode = "live"

[venues.kalshi]
environment = "custom"
rest_url = "{rest_url}"
ws_url = "{ws_url}"
api_key_id = "{api_key_id}"
private_key_path = '{private_key_path}'
timeout = 120

[policy]
max_order = "500"
max_day = "5000"
tolerance = "0.50"
approval_seconds = 3600

[approvals]
open_browser = false
"""


def chapters():
    """The table: chapter to the tools that stand in it."""
    found = {}
    for part in TABLE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, rows = part.partition("\n")
        found[heading] = sorted(set(re.findall(r"\[`(\w+)`\]\(tools\.md", rows)))
    return found


class Assistant:
    """A client whose person says yes; remembers which tools it called with success."""

    def __init__(self):
        self.client = None
        self.worked = set()
        self.questions = []

    async def approve(self, message, response_type, params, context):
        self.questions.append(message)
        return ElicitResult(action="accept", content={"approve": True})

    async def __call__(self, tool, **arguments):
        answer = await self.client.call_tool(tool, arguments, raise_on_error=False)
        assert not answer.is_error, (tool, arguments, answer.structured_content or answer.content)
        told = answer.structured_content
        assert not told.get("errors"), (tool, arguments, told["errors"])
        self.worked.add(tool)
        return told

    async def until(self, found, tool, **arguments):
        """Ask until the answer is the one waited for: others need a moment."""
        async with asyncio.timeout(PATIENCE):
            while True:
                told = await self(tool, **arguments)
                if found(told):
                    return told
                await asyncio.sleep(0.05)

    async def market(self):
        """A market that is quoted on both sides with room below."""
        found = await self("search_markets", query="rate", limit=50)
        for row in found["markets"]:
            book = await self("get_orderbook", market=row["ref"])
            if "best_bid" in book and "best_ask" in book and Decimal(book["best_bid"]) > Decimal("0.10"):
                return row["ref"], Decimal(book["best_bid"]), Decimal(book["best_ask"])
        raise AssertionError("nothing is quoted")

    async def rest(self, market, price="0.02", **more):
        """An order that rests."""
        placed = await self(
            "create_order", market=f"{market}#yes", action="buy", size="5", price=price, **more
        )
        assert placed["status"] == "open", placed
        (order,) = placed["orders"]
        assert order["status"] == "open", placed
        return placed, order["ref"]


@pytest.fixture
async def assistant(tmp_path):
    clock = RunningClock(SPEED)
    async with (
        clock.running(),
        Sandbox(clock=clock, tier="prime", moving=False, folder=tmp_path) as sandbox,
    ):
        config = tmp_path / "pmi.toml"
        config.write_text(CONFIG.format(**sandbox.announcement), encoding="utf-8")
        config.chmod(0o600)
        registry = Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)
        made = Assistant()
        server = build(registry, ServerSettings(toolsets="all", venue_seconds=120), clock)
        async with Client(server, elicitation_handler=made.approve) as made.client:
            yield made


# -------------------------------------------------------------------------------------- chapters


async def find(ask):
    (venue,) = (await ask("list_venues", detail="full"))["venues"]
    assert (venue["venue"], venue["orders_move"]) == ("kalshi", "real")
    assert (await ask("get_exchange_status"))["venues"][0]["venue"] == "kalshi"
    series = (await ask("get_series", limit=1))["series"][0]
    assert (await ask("get_series", series=series["ref"]))["ref"] == series["ref"]
    event = (await ask("get_events", limit=1))["events"][0]
    member = (await ask("get_event", event=event["ref"]))["markets"][0]
    assert (await ask("get_market", market=member["ref"], detail="full"))["event"] == event["ref"]
    assert (await ask("search_markets", query="rate"))["markets"]
    assert "milestones" in await ask("get_milestones")
    assert (await ask("get_multivariate_collections"))["collections"]


async def prices(ask):
    market, bid, best = await ask.market()
    mirrored = await ask("get_orderbook", market=f"{market}#no")
    assert (Decimal(mirrored["best_bid"]), Decimal(mirrored["best_ask"])) == (1 - best, 1 - bid)
    assert (await ask("get_trades", market=market))["market"] == market
    assert (await ask("get_candlesticks", market=market, start="7d"))["interval"] == "1h"
    quoted = await ask("quote_cost", market=market, action="buy", size="1")
    assert Decimal(quoted["average_price"]) == best


async def account(ask):
    market, _, best = await ask.market()
    bought = await ask(
        "create_order", market=f"{market}#yes", action="buy", size="3", price=str(best), time_in_force="ioc"
    )
    (order,) = bought["orders"]
    assert order["status"] == "filled", bought
    _, resting = await ask.rest(market)
    whole = await ask("get_account")
    assert [row["market"] for row in whole["positions"]] == [market]
    assert [row["ref"] for row in whole["orders"]] == [resting]
    assert all(Decimal(row["total"]) > 0 for row in (await ask("get_balance"))["balances"])
    (held,) = (await ask("get_positions"))["positions"]
    assert Decimal(held["size"]) == 3
    (shown,) = (await ask("get_orders", order=order["ref"]))["orders"]
    assert shown["ref"] == order["ref"]
    fills = (await ask("get_fills", order=order["ref"]))["fills"]
    assert sum(Decimal(fill["size"]) for fill in fills) == 3
    assert "settlements" in await ask("get_settlements")
    (place,) = (await ask("get_queue_position", orders=[resting]))["orders"]
    assert place["resting"] is True


async def orders(ask):
    market, _, _ = await ask.market()
    placed, first = await ask.rest(market)
    assert len(ask.questions) == 1, "a person was asked"
    assert (await ask("confirm_order", code=placed["code"]))["status"] == "open"
    moved = await ask("amend_order", order=first, price="0.03", size="4")
    assert moved["status"] == "open", moved
    (shown,) = (await ask("get_orders", order=first))["orders"]
    assert (Decimal(shown["price"]), Decimal(shown["size"])) == (Decimal("0.03"), 4)
    legs = [
        {"market": f"{market}#yes", "action": "buy", "size": "1", "price": price}
        for price in ("0.02", "0.04")
    ]
    batch = await ask("batch_create_orders", orders=legs)
    refs = [row["ref"] for row in batch["orders"]]
    assert len(refs) == 2
    gone = await ask("batch_cancel_orders", orders=refs)
    assert {row["status"] for row in gone["orders"]} == {"canceled"}
    await ask("cancel_orders", orders=[first])
    await ask.rest(market)
    await ask("cancel_orders", venue="kalshi")
    await ask.until(lambda told: not told["orders"], "get_orders", status="working")
    await ask("engage_kill_switch", reason="the session is over")
    refused = await ask.client.call_tool(
        "create_order",
        {"market": f"{market}#yes", "action": "buy", "size": "1", "price": "0.02"},
        raise_on_error=False,
    )
    assert refused.is_error or refused.structured_content["status"] != "done"


async def groups(ask):
    market, _, _ = await ask.market()
    group = (await ask("create_order_group", limit="50"))["ref"]
    _, order = await ask.rest(market, group=group)
    (row,) = (await ask("get_order_groups", group=group, detail="full"))["groups"]
    assert row["orders"] == [order]
    assert (await ask("update_order_group", group=group, change="trigger"))["triggered"] is True
    await ask("update_order_group", group=group, change="reset", intent="go on")
    await ask("update_order_group", group=group, change="set_limit", limit="70")
    (row,) = (await ask("get_order_groups", group=group))["groups"]
    assert (Decimal(row["limit"]), row["triggered"]) == (70, False)
    assert (await ask("update_order_group", group=group, change="delete"))["status"] == "deleted"


async def negotiations(ask):
    market, _, _ = await ask.market()
    asked = await ask("create_rfq", market=market, size="20")
    got = await ask.until(lambda told: told["quotes"], "get_quotes", rfq=asked["ref"])
    taken = await ask("accept_quote", quote=got["quotes"][0]["ref"], outcome="yes", intent="a fair price")
    assert taken["status"] in ("done", "sent"), taken
    await ask.until(lambda told: any(row["market"] == market for row in told["positions"]), "get_positions")
    again = await ask("create_rfq", market=market, size="5")
    assert (await ask("cancel_rfq", rfq=again["ref"]))["status"] == "closed"
    # The other side: a request of somebody else's, answered too low, withdrawn, and answered well.
    others = await ask.until(lambda told: told["rfqs"], "get_rfqs", mine=False)
    theirs = others["rfqs"][0]
    given = await ask("create_quote", rfq=theirs["ref"], yes_bid="0.01")
    assert given["status"] == "done", given
    own = [row for row in (await ask("get_quotes", rfq=theirs["ref"]))["quotes"] if row["mine"]]
    await ask("cancel_quote", quote=own[0]["ref"])
    for theirs in others["rfqs"]:
        book = await ask("get_orderbook", market=theirs["market"])
        if "best_bid" in book:
            await ask("create_quote", rfq=theirs["ref"], yes_bid=book["best_bid"])
            accepted = await ask.until(
                lambda told: any(row["mine"] and row["status"] == "accepted" for row in told["quotes"]),
                "get_quotes",
                rfq=theirs["ref"],
            )
            break
    (mine,) = [row for row in accepted["quotes"] if row["mine"] and row["status"] == "accepted"]
    assert (await ask("confirm_quote", quote=mine["ref"]))["status"] in ("done", "sent")
    (collection,) = (await ask("get_multivariate_collections", limit=1, detail="full"))["collections"]
    events = collection["events"][-2:]
    legs = [(await ask("get_event", event=event))["markets"][0]["ref"] + "#yes" for event in events]
    combo = await ask("open_combo", collection=collection["ref"], legs=legs)
    assert (await ask("get_market", market=combo["ref"]))["ref"] == combo["ref"]


async def live(ask):
    market, _, _ = await ask.market()
    book = await ask("subscribe", markets=[market], updates=["book", "ticker", "trades"])
    own = await ask("subscribe", venue="kalshi")
    first = await ask.until(
        lambda told: told.get("markets"), "read_updates", subscription=book["subscription"], wait=1
    )
    assert first["markets"][0]["market"] == market
    _, order = await ask.rest(market)
    told = await ask.until(
        lambda told: order in str(told.get("events")),
        "read_updates",
        subscription=own["subscription"],
        wait=1,
    )
    assert told
    assert len((await ask("list_subscriptions"))["subscriptions"]) == 2
    await ask("unsubscribe", subscription=book["subscription"])
    await ask("unsubscribe", subscription=own["subscription"])


CHAPTERS = {
    "Find": find,
    "Prices": prices,
    "Account": account,
    "Orders": orders,
    "Order groups": groups,
    "Quotes and combinations": negotiations,
    "Live": live,
}


@pytest.mark.parametrize("chapter", list(chapters()))
async def test_every_tool_of_the_table_works(assistant, chapter):
    assert chapter in CHAPTERS, f"nobody tries what stands under {chapter!r} in {TABLE.name}"
    await CHAPTERS[chapter](assistant)
    missing = set(chapters()[chapter]) - assistant.worked
    assert not missing, f"tools of the table that nobody called with success: {sorted(missing)}"


def test_the_table_has_every_tool():
    assert {tool for tools in chapters().values() for tool in tools} == {spec.name for spec in ALL}


async def test_every_tool_is_offered(assistant):
    assert {tool.name for tool in await assistant.client.list_tools()} == {spec.name for spec in ALL}
