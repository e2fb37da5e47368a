"""What a slow consumer gets: everything or an error that counts, or only the newest."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from stage.truth import price_text

from pmi_core.books import LiveBook, Scale
from pmi_core.errors import NotFound, SequenceGap
from pmi_core.identifiers import MarketRef
from pmi_core.models import BookUpdate, ConnectionState, ConnectionUpdate, Delivery
from pmi_core.streams import Outlet

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def a_book(name="A"):
    return LiveBook(MarketRef(f"here:{name}"), Scale(4, 2))


def say(outlet, book, ticks):
    book.replace([(ticks, 100)], [])
    book.commit(NOW)
    outlet.put_book(book.view())


def state(one, *names, reason=None):
    refs = tuple(MarketRef(f"here:{name}") for name in names)
    return ConnectionUpdate(state=one, market_refs=refs, reason=reason, received_time=NOW)


async def all_of(outlet):
    outlet.finish()
    return [update async for update in outlet]


async def test_every_update_comes_in_order_each_with_its_own_book():
    outlet, book = Outlet(Delivery.EVERY, 100, "here"), a_book()
    for ticks in range(1, 51):
        say(outlet, book, ticks)
    assert [str(update.bid) for update in await all_of(outlet)] == [price_text(t) for t in range(1, 51)]


async def test_overflow_gives_what_was_kept_and_then_counts_what_was_lost():
    outlet, book = Outlet(Delivery.EVERY, 10, "here"), a_book()
    for ticks in range(1, 26):
        say(outlet, book, ticks)
    seen = []
    with pytest.raises(SequenceGap, match="15 updates were lost") as caught:
        while True:
            seen.append((await anext(outlet)).bid)
    assert len(seen) == 10
    assert caught.value.venue == "here"
    say(outlet, book, 99)
    with pytest.raises(StopAsyncIteration):
        await anext(outlet)


async def test_latest_keeps_one_of_each_market():
    outlet = Outlet(Delivery.LATEST, 1, "here")
    books = [a_book(str(i)) for i in range(20)]
    for ticks in range(1, 101):
        for book in books:
            say(outlet, book, ticks)
        assert outlet.waiting <= 20
    assert {str(update.bid) for update in await all_of(outlet)} == {"0.0100"}


@pytest.mark.parametrize("dark", [ConnectionState.GAP, ConnectionState.STALE, ConnectionState.CONNECTING])
async def test_every_book_that_waits_is_withdrawn_when_all_markets_go_dark(dark):
    outlet = Outlet(Delivery.LATEST, 1, "here")
    books = [a_book("A"), a_book("B")]
    for book in books:
        say(outlet, book, 1)
    outlet.put(state(dark, reason="the connection broke off"))
    say(outlet, books[1], 2)
    outlet.put(state(ConnectionState.LIVE))
    seen = await all_of(outlet)
    assert [(one.type, getattr(one, "market_ref", one.type)) for one in seen] == [
        ("book", "here:B"),
        ("connection", "connection"),
    ]


async def test_a_book_that_waits_is_withdrawn_when_its_market_goes_dark():
    outlet = Outlet(Delivery.LATEST, 1, "here")
    first, second = a_book("A"), a_book("B")
    say(outlet, first, 1)
    say(outlet, second, 2)
    outlet.put(state(ConnectionState.GAP, "A", reason="lost"))
    seen = await all_of(outlet)
    assert [(one.type, getattr(one, "market_ref", None)) for one in seen] == [
        ("book", "here:B"),
        ("connection", None),
    ]


async def test_latest_tells_the_newest_state_of_each_market_once():
    outlet = Outlet(Delivery.LATEST, 1, "here")
    outlet.put(state(ConnectionState.GAP, "A", "B", "C"))
    outlet.put(state(ConnectionState.RESYNCING, "B"))
    seen = await all_of(outlet)
    assert [(one.state, [ref.native for ref in one.market_refs]) for one in seen] == [
        (ConnectionState.GAP, ["A", "C"]),
        (ConnectionState.RESYNCING, ["B"]),
    ]
    outlet = Outlet(Delivery.LATEST, 1, "here")
    for _ in range(1000):
        outlet.put(state(ConnectionState.GAP, "A", "B"))
        outlet.put(state(ConnectionState.GAP, "B", "C"))
    assert outlet.waiting == 3
    outlet.put(state(ConnectionState.LIVE))
    assert [one.state for one in await all_of(outlet)] == [ConnectionState.LIVE]


async def test_a_waiting_consumer_is_woken_and_may_give_up():
    outlet, book = Outlet(Delivery.EVERY, 10, "here"), a_book()
    impatient = asyncio.ensure_future(anext(outlet))
    patient = asyncio.ensure_future(anext(outlet))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    say(outlet, book, 5)
    assert isinstance(await patient, BookUpdate)
    assert impatient.cancelled()


@pytest.mark.parametrize("delivery", list(Delivery))
async def test_the_end_comes_after_what_is_left(delivery):
    outlet, book = Outlet(delivery, 10, "here"), a_book()
    say(outlet, book, 5)
    outlet.finish(NotFound("no such market"))
    say(outlet, book, 6)
    assert str((await anext(outlet)).bid) == "0.0005"
    with pytest.raises(NotFound):
        await anext(outlet)
    with pytest.raises(StopAsyncIteration):
        await anext(outlet)


@pytest.mark.parametrize("delivery", list(Delivery))
async def test_nothing_comes_after_the_consumer_left(delivery):
    outlet, book = Outlet(delivery, 10, "here"), a_book()
    say(outlet, book, 5)
    outlet.drop()
    outlet.put(state(ConnectionState.LIVE))
    assert outlet.waiting == 0
    assert await all_of(outlet) == []
