"""Streams of many markets, of many subscriptions, and beside another process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest

from pmi_core import (
    Channel,
    CollectionQuery,
    ComboLeg,
    ComboRequest,
    Delivery,
    EventQuery,
    MarketQuery,
    Subscription,
)
from pmi_core.errors import SequenceGap
from pmi_provider_paper.catalogue.scenario import Scenario, listed_time

pytestmark = pytest.mark.anyio

ANOTHER_PROCESS = """
import asyncio, sys
from decimal import Decimal
from pathlib import Path
from pmi_core import OpenContext, OrderRequest
from pmi_core.testing.clock import ManualClock
from pmi_provider_paper import PaperSettings
from pmi_provider_paper.plugin import PROVIDER

async def main():
    context = OpenContext(
        name="paper", settings=PaperSettings(), clock=ManualClock(), data_dir=Path(sys.argv[1])
    )
    async with await PROVIDER.open(context) as venue:
        order = await venue.orders.place_order(
            OrderRequest(
                market_ref=sys.argv[2], outcome="yes", action="buy", price=Decimal(sys.argv[3]),
                size=Decimal(5), client_order_id="elsewhere",
            )
        )
        print(order.ref)

asyncio.run(main())
"""


def wanted(*channels, of=(), **more):
    return Subscription(channels=frozenset(channels), market_refs=tuple(of), **more)


async def until(updates, found):
    """Everything that comes, the one that was waited for last."""
    seen = []
    async with asyncio.timeout(60):
        while not seen or not found(seen[-1]):
            seen.append(await anext(updates))
    return seen


@pytest.fixture
async def quick(opened):
    async with opened(tick="0.05") as venue:
        yield venue


async def every_ref(venue):
    page = await venue.markets.list_markets(MarketQuery(limit=1000))
    return [market.ref for market in page.items]


async def test_what_another_process_does_is_told(quick, clock, lively, folder):
    market = await lively(quick)
    channels = (Channel.ORDER, Channel.FILL, Channel.POSITION, Channel.BOOK)
    async with quick.stream.subscribe(wanted(*channels, of=[market.ref])) as updates:
        await until(updates, lambda one: one.type == "book")
        ran = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", ANOTHER_PROCESS, str(folder), market.ref, str(market.yes.ask)],
            capture_output=True,
            text=True,
            check=True,
        )
        await clock.advance(1)
        seen = await until(updates, lambda one: one.type == "position")
    ref = ran.stdout.strip()
    assert [one.order.ref for one in seen if one.type == "order"] == [ref]
    assert [one.fill.order_ref for one in seen if one.type == "fill"] == [ref]
    assert seen[-1].position.size == 5
    books = [one.book for one in seen if one.type == "book"]
    assert books[-1].asks == (await quick.books.get_book(market.ref)).asks


async def test_the_newest_of_every_market_is_all_that_waits(quick, clock):
    refs = await every_ref(quick)
    subscription = wanted(Channel.BOOK, Channel.TICKER, of=refs, delivery=Delivery.LATEST, buffer=1)
    async with quick.stream.subscribe(subscription) as updates:
        for _ in range(3):
            await clock.advance(5)
            async with asyncio.timeout(60):
                while not clock.sleeping:  # it still looks
                    await asyncio.sleep(0.01)
        assert updates.waiting == 2 * len(refs) + 1
        seen = await until(updates, lambda one: updates.waiting == 0)
    books = [one.book.market_ref for one in seen if one.type == "book"]
    assert sorted(books) == sorted(refs)


async def test_a_slow_consumer_of_many_markets_learns_how_much_it_lost(quick):
    refs = await every_ref(quick)
    async with quick.stream.subscribe(wanted(Channel.BOOK, of=refs, buffer=100)) as updates:
        kept = [await anext(updates) for _ in range(100)]
        with pytest.raises(SequenceGap, match=f"{len(refs) - 99} updates were lost"):
            await anext(updates)
    assert [one.book.market_ref for one in kept[1:]] == refs[:99]


async def test_a_storm_of_subscriptions_leaves_nothing_behind(quick, clock, lively, order):
    market = await lively(quick)
    before = asyncio.all_tasks()

    async def come_and_go(number):
        async with quick.stream.subscribe(wanted(Channel.BOOK, of=[market.ref])) as updates:
            seen = await until(updates, lambda one: one.type == "book")
            if number % 2:
                raise LookupError(number)
            return seen[-1].book

    ends = await asyncio.gather(*map(come_and_go, range(100)), return_exceptions=True)
    assert sum(isinstance(one, LookupError) for one in ends) == 50
    now = await quick.books.get_book(market.ref)
    assert all((one.bids, one.asks) == (now.bids, now.asks) for one in ends[::2])
    assert asyncio.all_tasks() == before
    assert clock.sleeping == 0
    await quick.orders.place_order(order(market.ref, "0.02"))  # and nobody is told of it


async def test_an_event_is_announced_when_it_is_listed(quick, clock):
    due = min(
        (listed_time(plan), plan.code)
        for plan in Scenario(1).listed(clock.now() + timedelta(days=1))
        if listed_time(plan) > clock.now()
    )
    event = f"paper:{due[1]}"
    async with quick.stream.subscribe(wanted(Channel.LIFECYCLE)) as updates:
        listed = await quick.events.list_events(EventQuery(limit=1000))
        assert event not in {one.ref for one in listed.items}
        await clock.move_to(due[0] - timedelta(seconds=1))
        await clock.advance(1)
        seen = await until(updates, lambda one: one.type == "lifecycle" and one.market.event_ref == event)
        listed = await quick.events.list_events(EventQuery(limit=1000))
        assert event in {one.ref for one in listed.items}
    assert (seen[-1].kind, seen[-1].market.status) == ("created", "unopened")


async def test_a_combination_is_announced_when_it_is_opened(quick, opened, clock):
    page = await quick.combos.list_collections(CollectionQuery(open_only=True))
    collection = next(one for one in page.items if one.min_legs <= 2 <= one.max_legs)
    refs = []
    for event in collection.event_refs:
        markets = (await quick.events.get_event(event)).markets
        refs += [one.ref for one in markets if one.status == "open"][:1]
    legs = tuple(ComboLeg(market_ref=ref, outcome="yes") for ref in refs[:2])
    request = ComboRequest(collection_ref=collection.ref, legs=legs)
    async with opened() as other, quick.stream.subscribe(wanted(Channel.LIFECYCLE)) as updates:
        made = await other.combos.open_combo(request)
        await clock.advance(1)
        seen = await until(updates, lambda one: one.type == "lifecycle" and one.kind == "opened")
    told = [one for one in seen if one.type == "lifecycle" and one.market_ref == made.ref]
    assert [one.kind for one in told] == ["created", "opened"]
