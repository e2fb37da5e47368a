"""The same seed and the same time give the same exchange, however often somebody looks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core import CandleQuery, FillQuery, MarketQuery, OrderQuery, PositionQuery, TradeQuery
from pmi_core.testing.clock import START, ManualClock

pytestmark = pytest.mark.anyio

EVERY = MarketQuery(limit=1000)


async def seen(venue, refs):
    """What a stranger sees of the exchange."""
    markets = (await venue.markets.list_markets(EVERY)).items
    books = await venue.books.get_books(refs)
    trades = [(await venue.trades.list_trades(TradeQuery(market_ref=ref, limit=50))).items for ref in refs]
    now = markets[0].as_of
    candles = [
        await venue.candles.list_candles(
            CandleQuery(market_ref=ref, interval="1h", start=now - timedelta(days=1), end=now)
        )
        for ref in refs
    ]
    return markets, books, trades, candles


async def some_refs(venue):
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=1000))
    return [market.ref for market in page.items[::25]]


async def test_looking_often_changes_nothing(opened):
    often, seldom = ManualClock(), ManualClock()
    async with opened(at=often, keep=False) as busy, opened(at=seldom, keep=False) as idle:
        refs = await some_refs(busy)
        for minute in range(40):
            await often.advance(90)
            await busy.books.get_books(refs[minute % 3 :: 3])
            await busy.trades.list_trades(TradeQuery(limit=5))
        await seldom.advance(40 * 90)
        assert await seen(busy, refs) == await seen(idle, refs)


async def test_another_seed_is_another_world(opened, clock):
    async with opened(keep=False, seed=1) as one, opened(keep=False, seed=2) as two:
        refs = await some_refs(one)
        assert [market.ref for market in (await one.markets.list_markets(EVERY)).items] == [
            market.ref for market in (await two.markets.list_markets(EVERY)).items
        ]
        assert await one.books.get_books(refs) != await two.books.get_books(refs)


@pytest.mark.parametrize("place", [0, 2])
async def test_resting_orders_fare_the_same_however_often_somebody_looks(opened, lively, order, place):
    often, seldom = ManualClock(), ManualClock()
    results = []
    async with opened(at=often, keep=False) as busy, opened(at=seldom, keep=False) as idle:
        for venue, clock, pauses in ((busy, often, [5] * 1440), (idle, seldom, [7200])):
            market = await lively(venue, "BTC", place)
            tick = Decimal("0.01")
            prices = [market.yes.bid, market.yes.bid - tick, market.yes.bid - 3 * tick]
            for number, price in enumerate(prices):
                await venue.orders.place_order(
                    order(market.ref, price, 150, client_order_id=f"same-{number}")
                )
            await venue.orders.place_order(
                order(market.ref, 1 - market.yes.ask, 80, outcome="no", client_order_id="same-no")
            )
            for pause in pauses:
                await clock.advance(pause)
                if len(pauses) > 1:
                    await venue.orders.list_orders(OrderQuery(limit=1))
            results.append(
                (
                    (await venue.orders.list_orders(OrderQuery())).items,
                    (await venue.orders.list_fills(FillQuery(limit=1000))).items,
                    await venue.account.get_balance(),
                    (await venue.account.list_positions(PositionQuery())).items,
                    (await venue.trades.list_trades(TradeQuery(market_ref=market.ref, limit=200))).items,
                    await venue.books.get_book(market.ref),
                )
            )
    assert results[0] == results[1]
    assert results[0][1], "nothing was filled, so nothing was compared"


async def test_time_runs_from_open_to_settled(venue, clock, lively):
    market = await lively(venue)
    statuses = [market.status]
    for _ in range(60):
        await clock.advance(3600)
        again = await venue.markets.get_market(market.ref)
        if again.status is not statuses[-1]:
            statuses.append(again.status)
        if again.status == "settled":
            break
    assert statuses == ["open", "closed", "determined", "settled"] or statuses == [
        "open",
        "determined",
        "settled",
    ]
    assert again.settlement_value in (Decimal(0), Decimal(1))
    assert (await venue.books.get_book(market.ref)).bids == ()


async def test_prices_stand_still_when_live_is_off(opened, clock):
    async with opened(live=False) as venue:
        refs = await some_refs(venue)
        before = await venue.books.get_books(refs)
        await clock.advance(1800)
        after = await venue.books.get_books(refs)
        assert [(book.bids, book.asks) for book in before] == [(book.bids, book.asks) for book in after]
        assert (await venue.trades.list_trades(TradeQuery(start=START))).items == ()
        assert any("stand still" in note for note in venue.info.notes)
