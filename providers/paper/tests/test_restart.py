"""The account outlives the program, however the program ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core import (
    FillQuery,
    OrderQuery,
    OrderStatus,
    PositionQuery,
    QuoteListQuery,
    RfqRequest,
    SettlementQuery,
    TradeQuery,
)
from pmi_core.errors import Duplicate, RequestError

pytestmark = pytest.mark.anyio


async def account_of(venue):
    return (
        await venue.account.get_balance(),
        (await venue.account.list_positions(PositionQuery(include_closed=True))).items,
        (await venue.orders.list_orders(OrderQuery())).items,
        (await venue.orders.list_fills(FillQuery())).items,
        await venue.groups.list_groups(),
        (await venue.account.list_settlements(SettlementQuery())).items,
        (await venue.quotes.list_quotes(QuoteListQuery())).items,
    )


async def trade_a_little(venue, lively, on_curve, order, clock):
    """Fills of every kind, resting orders, a group, a combo of positions."""
    market = await lively(venue, "BTC")
    group = await venue.groups.create_group(Decimal(500))
    await venue.orders.place_order(order(market.ref, market.yes.ask, "33.5"))
    await venue.orders.place_order(order(market.ref, market.yes.bid, 20, action="sell"))
    await venue.orders.place_order(order(market.ref, "0.02", 40, group_ref=group.ref))
    await venue.orders.place_order(order(market.ref, market.yes.bid, 30))
    curve = await on_curve(venue)
    await venue.orders.place_order(order(curve.ref, "0.99", "12.34", time_in_force="ioc"))
    await clock.advance(1200)
    await venue.orders.place_order(order(curve.ref, "0.01", "5.5", action="sell", time_in_force="ioc"))
    fed = await lively(venue, "FED")
    rfq = await venue.quotes.create_rfq(RfqRequest(market_ref=fed.ref, size=Decimal(60)))
    quotes = (await venue.quotes.list_quotes(QuoteListQuery(rfq_ref=rfq.ref))).items
    await venue.quotes.accept_quote(quotes[0].ref, "no")
    await clock.advance(5)


async def test_everything_is_there_again(opened, clock, lively, on_curve, order):
    async with opened() as venue:
        await trade_a_little(venue, lively, on_curve, order, clock)
        before = await account_of(venue)
        market = await lively(venue)
        book = await venue.books.get_book(market.ref)
        trades = (await venue.trades.list_trades(TradeQuery(market_ref=market.ref))).items
    async with opened() as venue:
        after = await account_of(venue)
        for one, two in zip(after, before, strict=True):
            assert one == two
        assert await venue.books.get_book(market.ref) == book
        assert (await venue.trades.list_trades(TradeQuery(market_ref=market.ref))).items == trades
        assert len({fill.market_ref for fill in before[3]}) == 3


async def test_the_engine_balances_after_a_restart(opened, clock, lively, on_curve, order):
    async with opened() as venue:
        await trade_a_little(venue, lively, on_curve, order, clock)
        cash = (await venue.account.get_balance())[0].total
    async with opened() as venue:
        house = venue.orders._house
        house.floor.exchange.assert_balanced()
        assert house.floor.cash("you") == house.memory.cash == cash


async def test_resting_orders_rest_and_fill_again(opened, clock, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, market.yes.bid, 5))
    async with opened() as venue:
        again = await venue.orders.get_order(placed.ref)
        assert again == placed
        assert placed.ref in await venue.queue.get_queue_positions([placed.ref])
        for _ in range(30):
            await clock.advance(600)
            if (await venue.orders.get_order(placed.ref)).status is OrderStatus.FILLED:
                break
        assert (await venue.orders.get_order(placed.ref)).status is OrderStatus.FILLED


async def test_client_ids_are_remembered(opened, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        await venue.orders.place_order(order(market.ref, "0.02", client_order_id="once"))
    async with opened() as venue:
        with pytest.raises(Duplicate):
            await venue.orders.place_order(order(market.ref, "0.02", client_order_id="once"))
        assert (await venue.orders.find_by_client_id("once")).price == Decimal("0.02")


async def test_what_fell_due_while_away_is_done(opened, clock, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        expiring = await venue.orders.place_order(
            order(market.ref, "0.02", time_in_force="gtd", expires_at=clock.now() + timedelta(minutes=5))
        )
        resting = await venue.orders.place_order(order(market.ref, "0.03"))
        await venue.orders.place_order(order(market.ref, market.yes.ask))
        fills = len((await venue.orders.list_fills(FillQuery())).items)
    clock.set(clock.now() + timedelta(days=3))
    async with opened() as venue:
        expired = await venue.orders.get_order(expiring.ref)
        closed = await venue.orders.get_order(resting.ref)
        assert (expired.status, expired.updated_time) == (OrderStatus.EXPIRED, expiring.expires_at)
        assert (closed.status, closed.updated_time) == (OrderStatus.CANCELED, market.close_time)
        (paid,) = (await venue.account.list_settlements(SettlementQuery())).items
        final = await venue.markets.get_market(market.ref)
        assert paid.settlement_value == final.settlement_value
        assert paid.time == final.settled_time
        assert len((await venue.orders.list_fills(FillQuery())).items) == fills
        assert (await venue.account.list_positions(PositionQuery())).items == ()


KILLED = """
import asyncio, os, signal, sys
from decimal import Decimal
from pathlib import Path
from pmi_core import MarketQuery, OpenContext, OrderRequest
from pmi_core.testing.clock import ManualClock
from pmi_provider_paper import PaperSettings
from pmi_provider_paper.plugin import PROVIDER

async def main():
    context = OpenContext(
        name="paper", settings=PaperSettings(), clock=ManualClock(), data_dir=Path(sys.argv[1])
    )
    venue = await PROVIDER.open(context)
    page = await venue.markets.list_markets(MarketQuery(status="open", series_ref="paper:BTC"))
    market = next(one for one in page.items if one.yes.bid and one.yes.ask)
    for price, name in ((market.yes.ask, "taken"), (Decimal("0.02"), "resting")):
        order = await venue.orders.place_order(
            OrderRequest(
                market_ref=market.ref, outcome="yes", action="buy", size=Decimal(10), price=price,
                client_order_id=name,
            )
        )
        print(order.ref, order.status.value, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal on this system")
async def test_what_was_answered_survives_a_kill(opened, folder):
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, os.fspath(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    answered = [line.split() for line in ended.stdout.splitlines()]
    assert len(answered) == 2
    async with opened() as venue:
        for ref, status in answered:
            assert (await venue.orders.get_order(ref)).status == status
        assert (await venue.account.list_positions(PositionQuery())).items[0].size == 10
        assert (await venue.orders.find_by_client_id("resting")).status is OrderStatus.OPEN


async def test_two_programs_share_one_account(opened, clock, lively, order):
    async with opened() as first, opened() as second:
        market = await lively(first)
        mine = await first.orders.place_order(order(market.ref, "0.05", client_order_id="shared"))
        assert await second.orders.get_order(mine.ref) == mine
        with pytest.raises(Duplicate):
            await second.orders.place_order(order(market.ref, "0.05", client_order_id="shared"))
        await second.orders.cancel_order(mine.ref)
        assert (await first.orders.get_order(mine.ref)).status is OrderStatus.CANCELED
        await second.orders.place_order(order(market.ref, market.yes.ask, 7))
        assert await first.account.get_balance() == await second.account.get_balance()
        await clock.advance(60)
        assert await account_of(first) == await account_of(second)


async def test_the_file_may_carry_another_name(opened, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, "0.02"))
    async with opened(name="practice") as venue:
        (again,) = (await venue.orders.list_orders(OrderQuery())).items
        assert again.ref == placed.ref.replace("paper:", "practice:")


async def test_a_closed_exchange_says_so(opened):
    async with opened() as venue:
        pass
    with pytest.raises(RequestError, match="closed"):
        await venue.status.get_status()
