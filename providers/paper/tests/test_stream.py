"""Live updates under a clock that a test moves."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core import Channel, Delivery, Subscription, TradeQuery
from pmi_core.errors import NotFound, SequenceGap

pytestmark = pytest.mark.anyio


def wanted(*channels, of=(), **more):
    return Subscription(channels=frozenset(channels), market_refs=tuple(of), **more)


async def gathered(updates, seconds=0.15):
    """Everything that comes until nothing came for a while."""
    found = []
    while True:
        try:
            async with asyncio.timeout(seconds):
                found.append(await anext(updates))
        except TimeoutError:
            return found
        except StopAsyncIteration:
            return found


async def run(clock, updates, seconds, step=1):
    found = []
    for _ in range(seconds // step):
        await clock.advance(step)
        found += await gathered(updates, 0.08)
    return found


@pytest.fixture
async def quick(opened):
    """A venue whose streams look often."""
    async with opened(tick="0.05") as venue:
        yield venue


async def test_books_follow_without_a_hole(quick, clock, lively):
    market = await lively(quick)
    async with quick.stream.subscribe(wanted(Channel.BOOK, of=[market.ref])) as updates:
        books = [one.book for one in await run(clock, updates, 60, 5) if one.type == "book"]
    assert [book.sequence for book in books] == list(range(1, len(books) + 1))
    assert len(books) > 3
    now = await quick.books.get_book(market.ref)
    assert (books[-1].bids, books[-1].asks) == (now.bids, now.asks)
    assert {book.state for book in books} == {"live"}


async def test_members_trades_come_once_and_as_they_are_listed(quick, clock, lively):
    market = await lively(quick)
    start = clock.now()
    async with quick.stream.subscribe(wanted(Channel.TRADE, Channel.TICKER, of=[market.ref])) as updates:
        found = await run(clock, updates, 2400, 120)
    trades = [one.trade for one in found if one.type == "trade"]
    listed = await quick.trades.list_trades(
        TradeQuery(market_ref=market.ref, start=start + timedelta(seconds=1))
    )
    assert trades == list(reversed(listed.items))
    assert trades
    tickers = [one for one in found if one.type == "ticker"]
    assert tickers[-1].volume == (await quick.markets.get_market(market.ref)).volume


async def test_own_orders_are_told_at_once(quick, lively, order):
    market = await lively(quick)
    async with quick.stream.subscribe(wanted(Channel.ORDER, Channel.FILL, Channel.POSITION)) as updates:
        resting = await quick.orders.place_order(order(market.ref, "0.02"))
        await quick.orders.cancel_order(resting.ref)
        taken = await quick.orders.place_order(order(market.ref, market.yes.ask))
        found = await gathered(updates)
    assert [one.type for one in found] == ["connection", "order", "order", "order", "fill", "position"]
    assert [one.order.status for one in found[1:4]] == ["open", "canceled", "filled"]
    assert found[3].order == taken
    assert found[4].fill.order_ref == taken.ref
    assert found[5].position.size == Decimal(10)


async def test_what_another_program_does_is_told_too(opened, quick, clock, lively, order):
    market = await lively(quick)
    async with opened() as other, quick.stream.subscribe(wanted(Channel.ORDER)) as updates:
        placed = await other.orders.place_order(order(market.ref, "0.02"))
        found = [one.order for one in await run(clock, updates, 2) if one.type == "order"]
    assert found == [placed]


async def test_a_market_lives_and_ends(quick, clock, lively):
    market = await lively(quick, "BTC")
    kinds = []
    async with quick.stream.subscribe(wanted(Channel.LIFECYCLE, Channel.BOOK, of=[market.ref])) as updates:
        await gathered(updates)
        books = []
        for moment in (
            market.close_time,
            market.close_time + timedelta(hours=1),
            market.expected_expiration_time,
        ):
            await clock.move_to(moment + timedelta(seconds=1))
            found = await gathered(updates)
            kinds += [one.kind for one in found if one.type == "lifecycle"]
            books += [one.book for one in found if one.type == "book"]
    assert kinds == ["closed", "determined", "settled"]
    assert books[-1].bids == books[-1].asks == ()


async def test_lifecycle_without_markets_means_all(quick, clock):
    async with quick.stream.subscribe(wanted(Channel.LIFECYCLE)) as updates:
        await gathered(updates)
        clock.set(clock.now().replace(hour=23, minute=59))
        await clock.advance(1)
        found = await gathered(updates, 1)
    assert {one.kind for one in found} >= {"opened", "closed"}


async def test_a_slow_consumer_learns_what_was_lost(quick, lively, order):
    market = await lively(quick)
    async with quick.stream.subscribe(wanted(Channel.ORDER, buffer=3)) as updates:
        for _ in range(6):
            await quick.orders.place_order(order(market.ref, "0.02"))
        kept = [await anext(updates) for _ in range(3)]
        assert [one.type for one in kept] == ["connection", "order", "order"]
        with pytest.raises(SequenceGap, match="4 updates"):
            await anext(updates)
        with pytest.raises(StopAsyncIteration):
            await anext(updates)


async def test_latest_keeps_only_the_newest(quick, lively, order):
    market = await lively(quick)
    subscription = wanted(Channel.BOOK, Channel.ORDER, of=[market.ref], delivery=Delivery.LATEST, buffer=1)
    async with quick.stream.subscribe(subscription) as updates:
        for number in range(5):
            last = await quick.orders.place_order(order(market.ref, f"0.0{number + 1}"))
        found = await gathered(updates)
    assert sorted(one.type for one in found) == ["book", "connection", "order"]
    newest = {one.type: one for one in found}
    assert newest["order"].order == last
    assert newest["book"].book.bids == (await quick.books.get_book(market.ref)).bids


async def test_unknown_markets_are_refused(quick):
    with pytest.raises(NotFound):
        async with quick.stream.subscribe(wanted(Channel.BOOK, of=["paper:NONE-1"])):
            pass


async def test_closing_the_venue_ends_its_streams(opened, lively):
    async with opened(tick="0.05") as venue:
        market = await lively(venue)
        async with venue.stream.subscribe(wanted(Channel.BOOK, of=[market.ref])) as updates:
            await venue.aclose()
            async with asyncio.timeout(30):
                left = [one async for one in updates]
    assert [one.type for one in left] == ["connection", "book", "connection"]
    assert (left[-1].state, left[-1].reason) == ("closed", "the venue was closed")


async def test_a_stream_says_that_it_is_stale_and_recovers(quick, clock, lively, folder, monkeypatch):
    market = await lively(quick)
    async with quick.stream.subscribe(wanted(Channel.BOOK, Channel.TICKER, of=[market.ref])) as updates:
        before = [one for one in await gathered(updates) if one.type == "book"]
        quick.orders._house._store._file.execute("PRAGMA busy_timeout = 10")
        other = sqlite3.connect(folder / "account.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        found = await run(clock, updates, 2)
        other.execute("ROLLBACK")
        other.close()
        found += await run(clock, updates, 2)
    assert [one.state for one in found if one.type == "connection"] == ["stale", "live"]
    live = [one.type for one in found].index("connection", 1)
    assert sorted(one.type for one in found[live + 1 :][:2]) == ["book", "ticker"], "nothing is trusted anew"
    books = [one.book.sequence for one in before + found if one.type == "book"]
    assert books == list(range(1, len(books) + 1))


async def test_nothing_is_done_while_nobody_listens(quick, clock, lively):
    market = await lively(quick)
    async with quick.stream.subscribe(wanted(Channel.BOOK, of=[market.ref])):
        await asyncio.sleep(0.1)
        assert clock.sleeping == 1
    assert clock.sleeping == 0
