"""The server over the exchange inside the process: costs, the whole account, groups, what is negotiated."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fastmcp import Client

from pmi_core import MarketQuery, OrderRequest, Registry, RfqRequest
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


@pytest.fixture
def registry(tmp_path, clock):
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.paper]\n", encoding="utf-8")
    return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)


@pytest.fixture(params=["auto", "legacy"])
async def client(registry, clock, request):
    async with Client(build(registry, ServerSettings(toolsets="all"), clock), mode=request.param) as opened:
        yield opened


async def ask(client, tool, **arguments):
    return (await client.call_tool(tool, arguments)).structured_content


async def open_market(registry):
    """A market with offers on both sides."""
    venue = await registry.venue("paper")
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=100))
    return next(
        row
        for row in page.items
        if row.is_open and None not in (row.yes.bid, row.yes.ask) and row.yes.bid > row.yes.ask / 2
    )


async def place(registry, market, *, price, size, time_in_force, name, **more):
    venue = await registry.venue("paper")
    request = OrderRequest(
        market_ref=market.ref,
        outcome="yes",
        action="buy",
        size=size,
        price=price,
        time_in_force=time_in_force,
        client_order_id=name,
        **more,
    )
    return await venue.orders.place_order(request)


async def test_a_quote_is_what_is_paid(client, registry):
    market = await open_market(registry)
    size = max(Decimal(2), market.min_size or Decimal(1))
    quoted = await ask(client, "quote_cost", market=market.ref, action="buy", size=str(size))
    assert (quoted["order"], quoted["complete"], quoted["age_seconds"]) == ("buy yes", True, "0.0")
    worst = Decimal(quoted["worst_price"])
    await place(registry, market, price=worst, size=size, time_in_force="ioc", name="taking")
    fills = (await ask(client, "get_fills", market=market.ref))["fills"]
    paid = sum(Decimal(fill["size"]) * Decimal(fill["price"]) for fill in fills)
    fees = sum(Decimal(fill["fee"]) for fill in fills)
    assert paid == Decimal(quoted["cost"])
    assert fees == Decimal(quoted["fees"])
    assert paid + fees == Decimal(quoted["total"])


async def test_a_quote_for_no_is_in_the_prices_of_no(client, registry):
    market = await open_market(registry)
    size = str(max(Decimal(1), market.min_size or Decimal(1)))
    quoted = await ask(client, "quote_cost", market=f"{market.ref}#no", action="buy", size=size)
    book = await ask(client, "get_orderbook", market=f"{market.ref}#no")
    assert Decimal(quoted["average_price"]) >= Decimal(book["best_ask"])


async def test_the_whole_account(client, registry):
    market = await open_market(registry)
    size = max(Decimal(2), market.min_size or Decimal(1))
    await place(registry, market, price=market.yes.ask, size=size, time_in_force="ioc", name="taken")
    resting = await place(
        registry, market, price=market.yes.bid, size=size, time_in_force="gtc", name="rests"
    )
    account = await ask(client, "get_account")
    assert "errors" not in account
    (total,) = account["totals"]
    (balance,) = (await ask(client, "get_balance"))["balances"]
    assert (total["venues"], total["orders_move"]) == (["paper"], "simulated")
    assert (total["cash"], total["reserved"]) == (balance["total"], balance["reserved"])
    (position,) = account["positions"]
    assert position["market"] == market.ref
    assert total["exposure"] == position["exposure"]
    assert [order["ref"] for order in account["orders"]] == [resting.ref]


async def test_the_place_in_the_queue(client, registry):
    market = await open_market(registry)
    size = max(Decimal(1), market.min_size or Decimal(1))
    taken = await place(registry, market, price=market.yes.ask, size=size, time_in_force="ioc", name="taken")
    resting = await place(
        registry, market, price=market.yes.bid, size=size, time_in_force="gtc", name="rests"
    )
    rows = (await ask(client, "get_queue_position", orders=[taken.ref, resting.ref]))["orders"]
    assert rows[0] == {"order": taken.ref, "resting": False}
    assert rows[1]["resting"] is True
    assert Decimal(rows[1]["contracts_ahead"]) > 0, "others were there before"


async def test_groups_show_their_orders(client, registry):
    assert (await ask(client, "get_order_groups"))["groups"] == []
    venue = await registry.venue("paper")
    group = await venue.groups.create_group(Decimal(50))
    market = await open_market(registry)
    size = max(Decimal(1), market.min_size or Decimal(1))
    order = await place(
        registry,
        market,
        price=market.yes.bid,
        size=size,
        time_in_force="gtc",
        name="grouped",
        group_ref=group.ref,
    )
    (row,) = (await ask(client, "get_order_groups", detail="full"))["groups"]
    assert (row["ref"], row["orders"], row["triggered"]) == (group.ref, [order.ref], False)


async def test_requests_and_what_is_quoted(client, registry, clock):
    venue = await registry.venue("paper")
    market = await open_market(registry)
    request = await venue.quotes.create_rfq(RfqRequest(market_ref=market.ref, size=Decimal(100)))
    own = (await ask(client, "get_rfqs", mine=True))["rfqs"]
    assert [(row["ref"], row["market"]) for row in own] == [(request.ref, market.ref)]
    (one,) = (await ask(client, "get_rfqs", rfq=request.ref))["rfqs"]
    assert one["status"] == "open"
    await clock.advance(20)
    quotes = (await ask(client, "get_quotes", rfq=request.ref))["quotes"]
    assert quotes, "other members answer within seconds"
    for row in quotes:
        assert (row["rfq"], row["market"], row["mine"]) == (request.ref, market.ref, False)


async def test_collections_and_settlements(client):
    collections = (await ask(client, "get_multivariate_collections"))["collections"]
    assert collections
    found = await ask(client, "get_multivariate_collections", collection=collections[0]["ref"])
    assert found["collections"][0]["events"]
    assert (await ask(client, "get_settlements"))["settlements"] == []
