"""Live updates at a local exchange, with messages that are lost and connections that are cut."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from functools import partial
from itertools import count

import pytest

from pmi_core.errors import NotFound
from pmi_core.models import (
    BookState,
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    MarketQuery,
    OrderRequest,
    RfqRequest,
    Subscription,
)
from pmi_provider_kalshi.native.notices import GroupChanged, RfqCreated, RfqDeleted
from pmi_provider_kalshi.streaming.channels import Notice

pytestmark = pytest.mark.anyio

PATIENCE = 60


def wanting(*refs, channels=(Channel.BOOK,)):
    return Subscription(channels=frozenset(channels), market_refs=refs, buffer=1_000_000)


async def quoted(venue, number):
    """Open markets that somebody quotes on both sides."""
    page = await venue.markets.list_markets(MarketQuery(status="open", limit=100))
    found = [row.ref for row in page.items if row.is_open and None not in (row.yes.bid, row.yes.ask)]
    assert len(found) >= number
    return found[:number]


def levels(book):
    return (
        tuple((level.price, level.size) for level in book.bids),
        tuple((level.price, level.size) for level in book.asks),
    )


class Truth:
    """Every state that the books of an exchange ever had."""

    def __init__(self, sandbox, refs):
        self.engine = sandbox.office.engine
        self.states = {ref.native: set() for ref in refs}
        self.engine.subscribe(lambda events: self.note())
        self.note()

    def note(self):
        for ticker, seen in self.states.items():
            seen.add(self.now(ticker))

    def now(self, ticker):
        book = self.engine.book(ticker)
        return tuple(map(tuple, book.bids)), tuple(map(tuple, book.asks))


async def bid(venue, ref, size, price, name):
    """Bid so low that nobody sells: it moves the book by itself."""
    request = OrderRequest(
        market_ref=ref,
        outcome="yes",
        action="buy",
        size=Decimal(size),
        price=Decimal(price),
        client_order_id=f"{ref.native}-{name}",
    )
    await venue.orders.place_order(request)


async def trade(venue, ref, number):
    """Move a book in many small steps, which only its own member's orders can do."""
    for at in range(number):
        await bid(venue, ref, at % 7 + 1, "0.02", at)


async def skip_one(sandbox, venue, ref):
    """Lose one message of a healthy connection; the next one shows it."""
    sandbox.set_faults({"skip-message": Decimal(1)})
    await bid(venue, ref, 1, "0.02", "skipped")
    await asyncio.sleep(0.1)
    sandbox.set_faults({})


async def cut(sandbox):
    """Cut a healthy connection."""
    assert sandbox.cut_streams() == 1


async def shows_the_truth(venue, refs, truth, shown, reading, name):
    """Wait for the books that are shown to be the exchange's own."""
    again = count()
    async with asyncio.timeout(PATIENCE):
        while shown != {ref.native: truth.now(ref.native) for ref in refs}:
            assert not reading.done(), reading.exception()
            # What was lost last shows by what comes after it.
            await asyncio.gather(*(bid(venue, ref, 1, "0.03", f"{name}-{next(again)}") for ref in refs))
            await asyncio.sleep(0.1)


async def test_books_are_never_wrong_whatever_is_lost(trading):
    faults = {"skip-message": Decimal("0.05"), "drop-socket": Decimal("0.05")}
    async with trading(moving=False, seed=3, faults=faults) as (sandbox, venue):
        refs = await quoted(venue, 3)
        truth = Truth(sandbox, refs)
        shown, states = {}, []

        async def read(updates):
            async for update in updates:
                if isinstance(update, BookUpdate):
                    assert update.book.state is BookState.LIVE
                    assert levels(update.book) in truth.states[update.market_ref.native]
                    shown[update.market_ref.native] = levels(update.book)
                else:
                    states.append(update.state)

        async with venue.stream.subscribe(wanting(*refs)) as updates:
            reading = asyncio.ensure_future(read(updates))
            await asyncio.gather(*(trade(venue, ref, 60) for ref in refs))
            sandbox.set_faults({})  # from here on nothing is lost by chance, so that the end is certain
            await shows_the_truth(venue, refs, truth, shown, reading, "last")
            assert ConnectionState.GAP in states, f"messages were lost: {states}"
            assert not {ConnectionState.CONNECTING, ConnectionState.STALE}.isdisjoint(states[1:]), states
            assert states[-1] is ConnectionState.LIVE
            for lose in (partial(skip_one, sandbox, venue, refs[0]), partial(cut, sandbox)):
                states.clear()
                await lose()
                await bid(venue, refs[0], 2, "0.02", f"after-{lose.func.__name__}")
                await shows_the_truth(venue, refs, truth, shown, reading, lose.func.__name__)
                assert states[0] is ConnectionState.GAP, states
                assert states[-1] is ConnectionState.LIVE, states
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def test_markets_join_and_leave_one_connection(trading):
    async with trading(moving=False) as (sandbox, venue):
        first, second = await quoted(venue, 2)
        async with venue.stream.subscribe(wanting(first, channels=(Channel.BOOK, Channel.TRADE))) as updates:
            async with venue.stream.subscribe(wanting(first, second)) as others:
                assert len(sandbox.feed.lines) == 1
                (line,) = sandbox.feed.lines
                tickers = {one.channel: one.tickers for one in line.session.subscriptions.values()}
                assert tickers == {
                    "orderbook_delta": [first.native, second.native],
                    "trade": [first.native],
                }
                books = set()
                async with asyncio.timeout(PATIENCE):
                    async for update in others:
                        if isinstance(update, BookUpdate):
                            books.add(update.market_ref)
                        if books == {first, second}:
                            break
            await trade(venue, first, 1)
            async with asyncio.timeout(PATIENCE):
                async for update in updates:
                    if isinstance(update, BookUpdate) and update.book.sequence == 2:
                        break
            left = {one.channel: one.tickers for one in line.session.subscriptions.values()}
            assert left["orderbook_delta"] == [first.native]


async def test_an_unknown_market_is_refused_before_anything_is_opened(trading):
    async with trading(moving=False) as (sandbox, venue):
        with pytest.raises(NotFound, match="KXNOWHERE") as refused:
            async with venue.stream.subscribe(wanting("kalshi:KXNOWHERE-1")):
                pass
        assert (refused.value.venue, refused.value.capability) == ("kalshi", "stream")
        assert sandbox.feed.lines == set()


async def test_a_venue_that_goes_away_is_told_and_the_stream_comes_back(trading):
    async with trading(moving=False) as (sandbox, venue):
        (ref,) = await quoted(venue, 1)
        async with venue.stream.subscribe(wanting(ref, channels=(Channel.BOOK, Channel.ORDER))) as updates:
            assert sandbox.cut_streams() == 1
            states, books = [], 0
            async with asyncio.timeout(PATIENCE):
                async for update in updates:
                    if isinstance(update, ConnectionUpdate):
                        states.append(update.state)
                    elif isinstance(update, BookUpdate):
                        books += 1
                    if states.count(ConnectionState.LIVE) == 2 and books == 2:
                        break
            assert states[0] is ConnectionState.CONNECTING


async def test_groups_and_requests_are_noticed(trading):
    async with trading(moving=False) as (_, venue):
        (ref,) = await quoted(venue, 1)
        async with venue.notices.listen(Notice.GROUPS, Notice.NEGOTIATIONS) as told:
            group = await venue.groups.create_group(Decimal(5))
            await venue.groups.trigger_group(group.ref)
            request = await venue.quotes.create_rfq(RfqRequest(market_ref=ref, size=Decimal(10)))
            await venue.quotes.cancel_rfq(request.ref)
            heard = []
            async with asyncio.timeout(PATIENCE):
                async for one in told:
                    heard.append(one)
                    if isinstance(one, RfqDeleted) and one.id == request.ref.native:
                        break
        groups = [one.event_type for one in heard if isinstance(one, GroupChanged)]
        assert groups == ["created", "triggered"]
        (asked,) = [one for one in heard if isinstance(one, RfqCreated) and one.id == request.ref.native]
        assert asked.contracts_fp == 10


async def test_closing_the_venue_ends_every_subscription(trading):
    async with trading(moving=False) as (_, venue):
        (ref,) = await quoted(venue, 1)
        async with venue.stream.subscribe(wanting(ref)) as updates:
            await venue.aclose()
            async with asyncio.timeout(PATIENCE):
                states = [one.state async for one in updates if isinstance(one, ConnectionUpdate)]
            assert states[-1] is ConnectionState.CLOSED
