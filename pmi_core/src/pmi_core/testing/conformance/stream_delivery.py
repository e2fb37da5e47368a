"""Rules of the capability ``stream``: what a slow consumer gets, and whom a subscription concerns."""

from __future__ import annotations

import re

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import SequenceGap
from pmi_core.models import (
    BookSource,
    BookUpdate,
    Channel,
    Delivery,
    Order,
    OrderStatus,
    OrderUpdate,
    OutcomeSide,
    Update,
)
from pmi_core.provider import Venue
from pmi_core.testing.conformance.books import levels
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.listening import a_book_of, agreeing, drained, live, rest, until, wanted
from pmi_core.testing.conformance.samples import Subjects, a_market
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.stream import check_may_stream
from pmi_core.testing.conformance.trader import BUY, YES, Trader, a_trader

__all__ = ["StreamDeliveryRules"]

MANY, FEW = 8, 3
"""Orders that are placed, and updates that a slow consumer's buffer holds."""


class StreamDeliveryRules(Contract):
    """Two modes of delivery, in YES terms, to each subscription by itself."""

    async def test_stream_every_loses_nothing_silently(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """A consumer whose buffer was full gets what was kept, then SequenceGap with the number lost."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with (
            stream.subscribe(wanted(Channel.ORDER)) as everything,
            stream.subscribe(wanted(Channel.ORDER, buffer=FEW)) as updates,
        ):
            await live(everything)
            await live(updates)
            last = await _place_many(trader)
            seen = await until(everything, lambda one: _ends_with(one, last))
            kept, error = await drained(updates)
            told = _orders(seen + await rest(everything))
            assert not _orders(await rest(updates)), "updates came after the end"
        assert len(told) >= MANY, f"{MANY} orders were placed and {len(told)} updates came"
        assert _orders(kept) == told[: len(_orders(kept))], "what was kept is not what came first"
        missing = len(told) - len(_orders(kept))
        if error is None:
            assert missing == 0, f"{missing} updates were lost in silence"
            return
        assert isinstance(error, SequenceGap), f"the loss is told as {type(error).__name__}"
        number = re.search(r"\d+", error.message)
        assert number is not None, f"{error.message!r} does not say how many were lost"
        # Connection states may have been lost as well.
        assert missing <= int(number[0]) <= missing + FEW, f"{missing} were lost, said is {number[0]}"

    async def test_stream_latest_gives_the_newest(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """In latest mode only the newest update of a market and channel waits, and nothing ends it."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        ref = trader.market.ref
        newest = wanted(Channel.ORDER, Channel.BOOK, of=(ref,), delivery=Delivery.LATEST, buffer=1)
        async with (
            stream.subscribe(wanted(Channel.ORDER, Channel.BOOK, of=(ref,))) as everything,
            stream.subscribe(newest) as updates,
        ):
            await live(everything)
            await live(updates)
            last = await _place_many(trader)
            told = await until(everything, lambda one: _ends_with(one, last))
            seen = await rest(updates)
            later = await rest(everything)
        assert _orders(seen) == _orders(told)[-1:], f"{len(_orders(seen))} updates of orders waited"
        books = _books(seen)
        assert books, "the book changed and none waited"
        earlier, fresh = _books(told)[:-1], [*_books(told)[-1:], *_books(later)]
        assert books[0] in fresh or books[0] not in earlier, "an older book waited than the newest"

    async def test_stream_no_is_the_mirror(self, venue: Venue, subjects: Subjects, may_stream: bool) -> None:
        """Books are told in YES terms; the mirror is the NO book that is read, where that is a mirror."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        reader = needs(venue.books, Capability.BOOKS, venue)
        ref = (await a_market(venue, subjects)).ref
        if (await reader.get_book(f"{ref}#no")).source is not BookSource.MIRROR:
            skip(f"the NO book of {ref} is not a mirror")
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:

            async def mirrors(seen: list[Update]) -> None:
                books = [one.book for one in seen if isinstance(one, BookUpdate)]
                assert {book.outcome for book in books} == {OutcomeSide.YES}
                assert levels(books[-1].mirror()) == levels(await reader.get_book(f"{ref}#no"))

            await agreeing(updates, mirrors, await until(updates, a_book_of(ref)))

    async def test_stream_subscriptions_are_apart(
        self, venue: Venue, clock: Clock, may_trade: bool, may_stream: bool
    ) -> None:
        """Two subscriptions to the same both get everything, and one goes on when the other is left."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        trader = await a_trader(venue, clock, may_trade, capability=Capability.STREAM)
        async with stream.subscribe(wanted(Channel.ORDER)) as staying:
            await live(staying)
            async with stream.subscribe(wanted(Channel.ORDER)) as leaving:
                await live(leaving)
                first = await trader.place(YES, BUY, await trader.behind(YES, BUY))
                seen = _orders(await until(staying, lambda one: _ends_with(one, first)))
                assert _orders(await until(leaving, lambda one: _ends_with(one, first))) == seen
            second = await trader.place(YES, BUY, await trader.behind(YES, BUY))
            await until(staying, lambda one: _ends_with(one, second))


async def _place_many(trader: Trader) -> Order:
    for _ in range(MANY - 1):
        await trader.place(YES, BUY, await trader.behind(YES, BUY))
    return await trader.place(YES, BUY, await trader.behind(YES, BUY))


def _orders(seen: list[Update]) -> list[Order]:
    return [one.order for one in seen if isinstance(one, OrderUpdate)]


def _books(seen: list[Update]) -> list[object]:
    return [levels(one.book) for one in seen if isinstance(one, BookUpdate)]


def _ends_with(update: Update, order: Order) -> bool:
    if not isinstance(update, OrderUpdate) or update.order.ref != order.ref:
        return False
    return update.order.status is not OrderStatus.PENDING
