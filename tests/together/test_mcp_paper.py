"""The server over the exchange inside the process: what a model sees when it plays."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fastmcp import Client

from pmi_core import MarketQuery, OrderRequest, Registry
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings
from pmi_mcp.tools import ALL

pytestmark = pytest.mark.anyio


@pytest.fixture
def registry(tmp_path):
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.paper]\n", encoding="utf-8")
    # Time stands still, so that a price that was read is there when it is taken.
    clock = ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)


@pytest.fixture(params=["auto", "legacy"])
async def client(registry, request):
    async with Client(build(registry, ServerSettings(toolsets="all")), mode=request.param) as opened:
        yield opened


async def ask(client, tool, **arguments):
    return (await client.call_tool(tool, arguments)).structured_content


async def traded(registry):
    """A market in which the account just bought one contract, by the venue's own means."""
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=100))
    market = next(row for row in page.items if row.is_open and row.yes.ask is not None and row.yes.ask < 1)
    order = await venue.orders.place_order(
        OrderRequest(
            market_ref=market.ref,
            outcome="yes",
            action="buy",
            size=max(Decimal(1), market.min_size or Decimal(1)),
            price=market.yes.ask,
            time_in_force="ioc",
            client_order_id="a-test-bought-this",
        )
    )
    assert order.filled > 0, "there was somebody to buy from"
    return order


async def test_every_tool_is_there(client):
    assert [tool.name for tool in await client.list_tools()] == [spec.name for spec in ALL]


async def test_from_words_to_a_book(client):
    event = (await ask(client, "get_events", limit=1))["events"][0]
    member = (await ask(client, "get_event", event=event["ref"]))["markets"][0]
    market = await ask(client, "get_market", market=member["ref"], detail="full")
    assert market["event"] == event["ref"]
    found = await ask(
        client, "search_markets", query=market["title"].split()[-1].strip("?"), status="any", limit=100
    )
    assert found["markets"]
    book = await ask(client, "get_orderbook", market=member["ref"])
    assert book["market"] == member["ref"]
    assert set(await ask(client, "get_trades", market=member["ref"])) >= {"market", "trades"}
    assert (await ask(client, "get_candlesticks", market=member["ref"]))["interval"] == "1h"


async def test_a_mirror_is_exact(client, registry):
    order = await traded(registry)
    yes = await ask(client, "get_orderbook", market=order.market_ref)
    no = await ask(client, "get_orderbook", market=f"{order.market_ref}#no")
    mirrored = [str(1 - Decimal(price)) for price in yes["bids"]["price"]]
    assert [Decimal(price) for price in no["asks"]["price"]] == [Decimal(price) for price in mirrored]


async def test_the_account_shows_what_was_traded(client, registry):
    before = (await ask(client, "get_balance"))["balances"][0]
    order = await traded(registry)
    after = (await ask(client, "get_balance"))["balances"][0]
    assert Decimal(after["total"]) < Decimal(before["total"])
    positions = (await ask(client, "get_positions"))["positions"]
    assert [row["market"] for row in positions] == [order.market_ref]
    fills = (await ask(client, "get_fills", order=order.ref))["fills"]
    assert sum(Decimal(fill["size"]) for fill in fills) == order.filled
    (shown,) = (await ask(client, "get_orders", order=order.ref))["orders"]
    assert shown["client_order_id"] == "a-test-bought-this"
    assert Decimal(shown["filled"]) == order.filled


async def test_status_series_and_milestones(client):
    assert (await ask(client, "get_exchange_status"))["venues"][0]["venue"] == "paper"
    series = (await ask(client, "get_series", limit=1))["series"][0]
    assert (await ask(client, "get_series", series=series["ref"]))["ref"] == series["ref"]
    assert "milestones" in await ask(client, "get_milestones")
    (venue,) = (await ask(client, "list_venues", detail="full"))["venues"]
    assert venue["orders_move"] == "simulated"


async def test_a_listing_can_be_walked_to_its_end(client, registry):
    venue = await registry.venue("paper")
    wanted, cursor = [], None
    while True:
        page = await venue.events.list_events(_events(cursor))
        wanted += [event.ref for event in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    shown, arguments = [], {"status": "any", "limit": 7}
    while True:
        answer = await ask(client, "get_events", **arguments)
        shown += [event["ref"] for event in answer["events"]]
        if "cursor" not in answer:
            break
        arguments["cursor"] = answer["cursor"]
    assert shown == wanted


def _events(cursor):
    from pmi_core import EventQuery

    return EventQuery(limit=1000, cursor=cursor)
