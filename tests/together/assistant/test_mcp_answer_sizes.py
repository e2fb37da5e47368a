"""Every tool over an account with much in it: what a model has to read stays small, whatever is asked for."""

from __future__ import annotations

import asyncio
import statistics
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from fastmcp import Client

from pmi_core import (
    CollectionQuery,
    MarketQuery,
    OrderRequest,
    QuoteListQuery,
    QuoteRequest,
    QuoteStatus,
    Registry,
    RfqQuery,
    RfqRequest,
)
from pmi_core.testing.clock import ManualClock
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings
from pmi_mcp.tools import ALL

pytestmark = pytest.mark.anyio

TYPICAL = 2_000
"""Bytes of an answer to a usual question, as a model reads it."""
MOST = 60_000
"""Bytes of a whole result, in which everything stands twice."""


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))


@pytest.fixture
def registry(tmp_path, clock):
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.paper]\nlive = true\n[approvals]\nopen_browser = false\n", encoding="utf-8")
    return Registry.load(config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock)


class Trader:
    """An account that trades by the venue's own means, so that a test need not wait for approvals."""

    def __init__(self, venue):
        self.venue = venue
        self.count = 0

    async def place(self, market, price, size, time_in_force, group=None):
        self.count += 1
        return await self.venue.orders.place_order(
            OrderRequest(
                market_ref=market.ref,
                outcome="yes",
                action="buy",
                size=size,
                price=price,
                time_in_force=time_in_force,
                client_order_id=f"much-{self.count}",
                group_ref=group,
            )
        )


async def much(registry, clock):
    """An account with positions, orders, groups, requests and settled markets; what the questions need."""
    venue = await registry.venue("paper")
    trader = Trader(venue)
    soon = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
    markets = [
        row for row in soon.items if row.is_open and row.execution == "clob" and row.yes.ask and row.yes.bid
    ]
    assert len(markets) >= 40
    for market in sorted(markets, key=lambda row: row.close_time)[:40]:
        await trader.place(market, market.yes.ask, max(Decimal(1), market.min_size or Decimal(1)), "ioc")
    await clock.advance(timedelta(days=2).total_seconds())
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=200))
    working = [
        row for row in page.items if row.is_open and row.execution == "clob" and row.yes.bid and row.yes.ask
    ]
    groups = [await venue.groups.create_group(Decimal(50)) for _ in range(30)]
    orders = []
    for number in range(120):
        market = working[number % len(working)]
        low = market.price_grid.snap(Decimal("0.02"), towards="ceiling")
        size = max(Decimal(1), market.min_size or Decimal(1))
        group = groups[number % len(groups)].ref if number % 2 else None
        orders.append(await trader.place(market, low, size, "gtc", group))
    other, own = await deal(venue, clock)
    for market in working[:25]:
        await venue.quotes.create_rfq(RfqRequest(market_ref=market.ref, size=Decimal(100)))
    return venue, working, orders, groups, other, own


async def deal(venue, clock):
    """Another member's request, and an own quote for it that was accepted."""
    for _ in range(40):
        for rfq in (await venue.quotes.list_rfqs(RfqQuery(mine=False))).items:
            market = await venue.markets.get_market(rfq.market_ref)
            if market.yes.bid and market.yes.ask and market.yes.bid > Decimal("0.1"):
                request = QuoteRequest(rfq_ref=rfq.ref, yes_bid=market.yes.bid, no_bid=market.no.bid)
                quote = await venue.quotes.create_quote(request)
                await clock.advance(4)
                rows = (await venue.quotes.list_quotes(QuoteListQuery(open_only=True))).items
                if any(row.ref == quote.ref and row.status is QuoteStatus.ACCEPTED for row in rows):
                    return rfq, quote
        await clock.advance(300)
    raise AssertionError("no member took a quote in hours")


async def questions(venue, working, orders, groups, other, own):
    """For each tool a usual question, and one that asks for as much as there can be."""
    market = working[0]
    refs = [str(order.ref) for order in orders]
    series = await venue.events.get_event(market.event_ref)
    collection = (await venue.combos.list_collections(CollectionQuery())).items[0]
    legs = [
        f"{(await venue.events.get_event(ref)).markets[0].ref}#yes"
        for ref in collection.event_refs[: collection.max_legs]
    ]
    rfq, last = (await venue.quotes.list_rfqs(RfqQuery(mine=True))).items[:2]
    received = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items[0]
    full = {"detail": "full", "limit": 100}
    low = str(market.price_grid.snap(Decimal("0.02"), towards="ceiling"))
    size = str(max(Decimal(1), market.min_size or Decimal(1)))
    order = {"market": f"{market.ref}#yes", "action": "buy", "size": size, "price": low}
    one = {"market": str(market.ref)}
    return {
        "list_venues": ({}, {"detail": "full"}),
        "get_exchange_status": ({}, {}),
        "search_markets": ({"query": "rain"}, {"query": "the", "status": "any", **full}),
        "get_market": (one, {**one, "detail": "full"}),
        "get_event": ({"event": str(market.event_ref)}, {"event": str(market.event_ref), "detail": "full"}),
        "get_events": ({"limit": 5}, {"status": "any", **full}),
        "get_series": ({"series": str(series.series_ref)}, full),
        "get_milestones": ({"limit": 5}, full),
        "get_multivariate_collections": ({"limit": 5}, full),
        "open_combo": ({"collection": str(collection.ref), "legs": legs[: collection.min_legs]},) * 2,
        "get_orderbook": (one, {**one, "depth": 200}),
        "get_trades": ({**one, "limit": 20}, {**one, "detail": "full", "limit": 500}),
        "get_candlesticks": ({**one, "start": "20h"}, {**one, "interval": "1m", "start": "6d"}),
        "quote_cost": ({**one, "action": "buy", "size": "10"},) * 2,
        "get_account": ({}, {}),
        "get_balance": ({}, {}),
        "get_positions": ({"limit": 5}, {"include_closed": True, **full}),
        "get_orders": ({"limit": 5}, {"status": "all", **full}),
        "get_fills": ({"limit": 5}, full),
        "get_settlements": ({"limit": 5}, full),
        "get_queue_position": ({"orders": refs[:3]}, {"orders": refs[:100]}),
        "get_order_groups": ({"group": str(groups[0].ref)}, {"detail": "full"}),
        "create_order_group": ({"limit": "5"},) * 2,
        "update_order_group": ({"group": str(groups[0].ref), "change": "trigger"},) * 2,
        "get_rfqs": ({"limit": 5}, {"open_only": False, **full}),
        "get_quotes": ({"rfq": str(rfq.ref)}, full),
        "create_rfq": ({**one, "size": "10"},) * 2,
        "accept_quote": ({"quote": str(received.ref), "outcome": "yes"},) * 2,
        "cancel_rfq": ({"rfq": str(last.ref)},) * 2,
        "create_quote": ({"rfq": str(other.ref), "yes_bid": low},) * 2,
        "confirm_quote": ({"quote": str(own.ref)},) * 2,
        "cancel_quote": ({"quote": str(own.ref)},) * 2,
        "create_order": (order, {**order, "intent": "why " * 250}),
        "amend_order": ({"order": refs[5], "price": low, "size": size},) * 2,
        "confirm_order": ({"code": "CODE"},) * 2,
        "cancel_orders": ({"orders": refs[:1]}, {"venue": "paper"}),
        "batch_create_orders": ({"orders": [order] * 2}, {"orders": [order] * 20}),
        "batch_cancel_orders": ({"orders": refs[1:4]}, {"orders": refs[:100]}),
        "subscribe": (
            {"markets": [str(market.ref)], "updates": ["book", "ticker"]},
            {
                "markets": [str(row.ref) for row in working[:40]],
                "updates": ["book", "ticker", "trades", "orders", "fills", "positions", "lifecycle"],
            },
        ),
        "read_updates": ({"subscription": "ID"},) * 2,
        "unsubscribe": ({},) * 2,
        "list_subscriptions": ({},) * 2,
        "engage_kill_switch": ({"reason": "enough"},) * 2,
    }


async def test_answers_are_small_however_much_there_is(registry, clock):
    server = build(registry, ServerSettings(toolsets="all"), clock)
    usual, largest = {}, {}
    async with Client(server) as client:
        asked = await questions(*await much(registry, clock))
        assert set(asked) == {spec.name for spec in ALL}, "one question for every tool"
        for spec in ALL:
            for arguments, sizes in zip(asked[spec.name], (usual, largest), strict=True):
                call = asyncio.ensure_future(client.call_tool_mcp(spec.name, arguments))
                while spec.name == "confirm_order" and not call.done():  # it waits by this clock
                    await asyncio.wait({call}, timeout=0.1)
                    await clock.advance(10)
                answer = await call
                (text,) = answer.content
                assert not answer.is_error, (spec.name, text.text)
                if spec.name == "subscribe":
                    followed = {"subscription": answer.structured_content["subscription"]}
                    asked["read_updates"] = (asked["read_updates"][1], {**followed, "depth": 50})
                if spec.name == "create_order":
                    asked["confirm_order"] = ({"code": answer.structured_content["code"]},) * 2
                whole = answer.model_dump_json(by_alias=True, exclude_none=True)
                assert len(whole.encode()) < MOST, spec.name
                sizes[spec.name] = len(text.text.encode())
    assert statistics.median(usual.values()) < TYPICAL / 2
    assert [name for name, size in usual.items() if size > TYPICAL] == ["get_account"]
    assert usual["get_account"] < 5_000, "twenty orders and what is held, in one answer"
    assert max(largest.values()) > 20_000, "there was much to tell"
    assert max(largest.values()) < 24_000, "what is set as answer_bytes"
