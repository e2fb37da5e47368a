"""Rules of the capability ``stream``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from pmi_core.capabilities import BookReader, Capability, UpdateStream
from pmi_core.clock import Clock
from pmi_core.errors import PmiError
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookState,
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    Fill,
    FillReversed,
    FillUpdate,
    Order,
    OrderStatus,
    OrderUpdate,
    PositionUpdate,
    TickerUpdate,
    TradeUpdate,
    Update,
)
from pmi_core.provider import Venue
from pmi_core.testing.conformance.books import levels
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.listening import a_book_of, agreeing, live, rest, until, wanted
from pmi_core.testing.conformance.samples import ABSENT, Subjects, a_market, open_markets
from pmi_core.testing.conformance.soundness import (
    check_json,
    check_refs,
    check_sound,
    check_times,
    check_unique,
)
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, YES, a_trader

__all__ = ["StreamRules"]

ATTEMPTS = 4
"""Subscriptions of which one begins with the book that is read, at a venue that moves."""


async def check_first_book(stream: UpdateStream, reader: BookReader, ref: MarketRef) -> None:
    """Assert that a subscription begins with the live book that is read; a book may move once in between."""
    for attempt in range(ATTEMPTS):
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            first = (await until(updates, a_book_of(ref)))[-1]
            assert isinstance(first, BookUpdate)
            assert first.book.state is BookState.LIVE
            read = await reader.get_book(ref)
        if levels(first.book) == levels(read):
            return
        assert attempt < ATTEMPTS - 1, f"the stream begins with {levels(first.book)}, read is {levels(read)}"


def check_may_stream(venue: Venue, may_stream: bool) -> None:
    """Leave the rule unchecked where a subscription would leave this machine."""
    needs(venue.stream, Capability.STREAM, venue)
    if not may_stream:
        skip(f"the stream of {venue.info.provider} is not on this machine; override `may_stream` where it is")


class StreamRules(Contract):
    """Live updates."""

    async def test_stream_begins_with_a_whole_book(
        self, venue: Venue, subjects: Subjects, may_stream: bool
    ) -> None:
        """The first book of a market is the whole book, live, and equal to the one that is read."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        reader = needs(venue.books, Capability.BOOKS, venue)
        ref = (await a_market(venue, subjects)).ref
        await check_first_book(stream, reader, ref)

    async def test_stream_updates_are_whole(self, venue: Venue, subjects: Subjects, may_stream: bool) -> None:
        """Updates are whole, carry the configured name and aware times, and survive JSON."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        ref = (await a_market(venue, subjects)).ref
        async with stream.subscribe(
            wanted(Channel.BOOK, Channel.TICKER, Channel.TRADE, of=(ref,))
        ) as updates:
            for update in await until(updates, a_book_of(ref)):
                check_sound(update, type(update))
                check_refs(update, venue.name)
                check_times(update)
                check_json(update)

    async def test_stream_says_that_it_is_live(
        self, venue: Venue, subjects: Subjects, may_stream: bool
    ) -> None:
        """A subscription says by a connection update that it is live."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        ref = (await a_market(venue, subjects)).ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            await live(updates)

    async def test_stream_keeps_to_the_markets(self, venue: Venue, may_stream: bool) -> None:
        """Nothing comes of a market that was not subscribed to."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        markets = await open_markets(needs(venue.markets, Capability.MARKETS, venue), venue)
        ref = markets[0].ref
        channels = (Channel.BOOK, Channel.TICKER, Channel.TRADE)
        async with stream.subscribe(wanted(*channels, of=(ref,))) as updates:
            seen = await until(updates, a_book_of(ref)) + await rest(updates)
        for update in seen:
            named = {
                getattr(update, "market_ref", None),
                getattr(getattr(update, "book", None), "market_ref", None),
                getattr(getattr(update, "trade", None), "market_ref", None),
            } - {None}
            assert named <= {ref}

    async def test_stream_keeps_to_the_channels(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """Only subscribed channels come, and connection states."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with stream.subscribe(wanted(Channel.TRADE, of=(trader.market.ref,))) as updates:
            await live(updates)
            await trader.take(YES, BUY)
            seen = await until(updates, lambda update: isinstance(update, TradeUpdate)) + await rest(updates)
        assert {update.type for update in seen} <= {"trade", "connection"}

    async def test_stream_unknown_market_is_refused(self, venue: Venue, may_stream: bool) -> None:
        """Subscribing to an unknown market is an error, not silence for ever."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        ref = MarketRef.make(venue.name, ABSENT)
        with pytest.raises(PmiError):
            async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
                await until(updates, lambda update: True)

    async def test_stream_books_follow_the_orders(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """After every change the stream's book is the book that is read."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        ref = trader.market.ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            await until(updates, a_book_of(ref))
            order = await trader.place(YES, BUY, await trader.behind(YES, BUY))
            await trader.take(YES, BUY)
            await trader.placer.cancel_order(trader.ref(order))

            async def follows(seen: list[Update]) -> None:
                books = [update.book for update in seen if isinstance(update, BookUpdate)]
                assert books, "the book changed and no update came"
                assert levels(books[-1]) == levels(await trader.book())

            await agreeing(updates, follows)

    async def test_stream_sequence_has_no_holes(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """Sequence numbers of a market's books rise; a hole is announced as a gap."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        ref = trader.market.ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            seen = await until(updates, a_book_of(ref))
            for _ in range(4):
                await trader.place(YES, BUY, await trader.behind(YES, BUY))
            seen += await until(updates, a_book_of(ref)) + await rest(updates)
        books = [update.book.sequence for update in seen if isinstance(update, BookUpdate)]
        if None in books:
            skip(f"{venue.info.provider} numbers no updates")
        assert len(books) > 1
        numbered = [number for number in books if number is not None]
        assert all(old < new for old, new in pairwise(numbered)), numbered
        if any(new != old + 1 for old, new in pairwise(numbered)):
            states = {update.state for update in seen if isinstance(update, ConnectionUpdate)}
            assert ConnectionState.GAP in states, f"updates {numbered} have a hole that nobody announced"

    async def test_stream_orders_agree_with_reads(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """An own order is announced when it opens and when it ends, as it is read."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with stream.subscribe(wanted(Channel.ORDER)) as updates:
            await live(updates)
            order = await trader.place(YES, BUY, await trader.behind(YES, BUY))
            await trader.placer.cancel_order(trader.ref(order))
            told = await until(updates, lambda one: isinstance(one, OrderUpdate) and one.order.is_terminal)
            told += await rest(updates)
        seen = [one.order for one in told if isinstance(one, OrderUpdate)]
        mine = [one for one in seen if one.ref == order.ref]
        for one in mine:
            trader.check_named(one)
        assert [one.status for one in mine if one.status is not OrderStatus.PENDING] == [
            OrderStatus.OPEN,
            OrderStatus.CANCELED,
        ]
        assert mine[-1] == await trader.again(order)

    async def test_stream_fills_agree_with_reads(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """Every own fill is announced once per state, as it is read; the position follows."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with stream.subscribe(wanted(Channel.FILL, Channel.POSITION)) as updates:
            await live(updates)
            order = await trader.take(YES, BUY)

            async def agrees(seen: list[Update]) -> None:
                fills = _fills_of(order, seen)
                check_unique(((one.trade_id, one.settlement) for one in fills), "the fill")
                last = {fill.trade_id: fill for fill in fills}
                assert last == {fill.trade_id: fill for fill in await trader.fills(order)}
                positions = [one.position for one in seen if isinstance(one, PositionUpdate)]
                assert positions, "the position changed and no update came"
                assert positions[-1].size == await trader.holding(positions[-1].outcome)

            for fill in _fills_of(order, await agreeing(updates, agrees)):
                trader.check_named(fill)

    async def test_stream_trades_are_announced_once(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """A public trade comes once, in YES terms, with the taker's side."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        level = await trader.best(YES, BUY)
        async with stream.subscribe(wanted(Channel.TRADE, of=(trader.market.ref,))) as updates:
            await live(updates)
            order = await trader.take(YES, BUY)
            told = await until(updates, lambda one: isinstance(one, TradeUpdate)) + await rest(updates)
        trades = [one.trade for one in told if isinstance(one, TradeUpdate)]
        check_unique((trade.trade_id for trade in trades), "the trade")
        ids = {fill.trade_id for fill in await trader.fills(order)}
        own = [trade for trade in trades if trade.trade_id in ids] or trades  # others may trade as well
        assert sum(trade.size for trade in own) == trader.unit
        assert {trade.price for trade in own} == {level.price}

    async def test_stream_ticker_agrees_with_the_book(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """The last ticker has the best prices of the book."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with stream.subscribe(wanted(Channel.TICKER, of=(trader.market.ref,))) as updates:
            await live(updates)
            await trader.take(YES, BUY, (await trader.best(YES, BUY)).size)

            async def agrees(seen: list[Update]) -> None:
                tickers = [one for one in seen if isinstance(one, TickerUpdate)]
                assert tickers, "the best price changed and no ticker came"
                book = await trader.book()
                assert tickers[-1].yes.bid == (book.best_bid.price if book.best_bid else None)
                assert tickers[-1].yes.ask == (book.best_ask.price if book.best_ask else None)

            await agreeing(updates, agrees)

    async def test_stream_leaving_ends_it(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """After the block nothing more arrives, and a new subscription begins afresh."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        ref = trader.market.ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            await until(updates, a_book_of(ref))
        await trader.place(YES, BUY, await trader.behind(YES, BUY))
        assert not [one for one in await _after(updates) if isinstance(one, BookUpdate)]
        await check_first_book(stream, needs(venue.books, Capability.BOOKS, venue), ref)


def _fills_of(order: Order, seen: list[Update]) -> list[Fill]:
    told = [one.fill for one in seen if isinstance(one, FillUpdate | FillReversed)]
    return [fill for fill in told if fill.order_ref == order.ref]


async def _after(updates: AsyncIterator[Update]) -> list[Update]:
    try:
        return await rest(updates)
    except (PmiError, RuntimeError):  # a closed iterator may say so
        return []
