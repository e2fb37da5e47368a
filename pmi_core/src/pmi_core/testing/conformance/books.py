"""Rules of the capability ``books``."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import NotFound, RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import BookSource, BookState, Execution, OrderBook, OutcomeSide
from pmi_core.provider import Venue, WriteClass
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import ABSENT, Subjects, a_book, open_markets
from pmi_core.testing.conformance.soundness import check_json, check_refs, check_sound, check_times
from pmi_core.testing.conformance.stage import Contract

__all__ = ["BookRules"]

ATTEMPTS = 4
"""Readings of a book of which one falls between two equal readings of its market."""


def levels(book: OrderBook) -> tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]]:
    """Bids and asks as plain pairs of price and size."""
    return [(one.price, one.size) for one in book.bids], [(one.price, one.size) for one in book.asks]


class BookRules(Contract):
    """Order books."""

    async def test_books_answers(self, venue: Venue, subjects: Subjects) -> None:
        """A book can be read, is whole, and carries the configured name."""
        book = check_sound(await a_book(venue, subjects), OrderBook)
        check_refs(book, venue.name)

    async def test_books_best_first(self, venue: Venue, subjects: Subjects) -> None:
        """Bids fall and asks rise: the first level is the best."""
        bids, asks = levels(await a_book(venue, subjects))
        assert all(high[0] > low[0] for high, low in pairwise(bids)), f"bids {bids[:5]} are not best first"
        assert all(low[0] < high[0] for low, high in pairwise(asks)), f"asks {asks[:5]} are not best first"

    async def test_books_are_uncrossed(self, venue: Venue, subjects: Subjects) -> None:
        """The best bid lies below the best ask."""
        bids, asks = levels(await a_book(venue, subjects))
        if not bids or not asks:
            skip(f"{venue.info.provider} has no book with two sides")
        assert bids[0][0] < asks[0][0]

    async def test_books_prices_are_exact(self, venue: Venue, subjects: Subjects) -> None:
        """Prices and sizes are Decimal, prices inside (0, 1), sizes positive."""
        bids, asks = levels(await a_book(venue, subjects))
        for price, size in bids + asks:
            assert type(price) is Decimal, f"{price!r} is a {type(price).__name__}"
            assert type(size) is Decimal, f"{size!r} is a {type(size).__name__}"
            assert 0 < price < 1, f"{price} is not a price in dollars"
            assert size > 0, f"{size} contracts at {price}"

    async def test_books_lie_on_the_grid(self, venue: Venue, subjects: Subjects) -> None:
        """Levels of an order book lie on the market's price grid."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        book = await a_book(venue, subjects)
        market = await reader.get_market(book.market_ref)
        if market.price_grid is None or market.execution is not Execution.CLOB:
            skip(f"{venue.info.provider} says no price grid for {book.market_ref}")
        off = [one.price for one in (*book.bids, *book.asks) if not market.price_grid.contains(one.price)]
        assert not off, f"between two ticks: {off}"

    async def test_books_agree_with_the_market(
        self, venue: Venue, subjects: Subjects, may_trade: bool
    ) -> None:
        """The market's best prices are the top of its book, where both are read in one moment."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        if venue.info.write_class is not WriteClass.SIMULATED and not may_trade:
            skip(f"{venue.info.provider} moves between two reads")
        part = needs(venue.books, Capability.BOOKS, venue)
        book = await a_book(venue, subjects)
        market = await reader.get_market(book.market_ref)
        for _ in range(ATTEMPTS):
            before, book = market, await part.get_book(market.ref)
            market = await reader.get_market(market.ref)
            if market.yes == before.yes:  # nothing moved around the reading of the book
                break
        assert market.yes.bid == (book.best_bid.price if book.best_bid else None)
        assert market.yes.ask == (book.best_ask.price if book.best_ask else None)
        if market.yes.bid_size is not None and book.best_bid:
            assert market.yes.bid_size == book.best_bid.size
        if market.yes.ask_size is not None and book.best_ask:
            assert market.yes.ask_size == book.best_ask.size

    async def test_books_depth_is_respected(self, venue: Venue, subjects: Subjects) -> None:
        """A shallow book has at most that many levels a side, and they are the best ones."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        bids, asks = levels(await a_book(venue, subjects))
        ref = (await a_book(venue, subjects)).market_ref
        for depth in (1, 2):
            few_bids, few_asks = levels(await reader.get_book(ref, depth=depth))
            assert (few_bids, few_asks) == (bids[:depth], asks[:depth]), f"depth={depth}"

    async def test_books_absurd_depth_is_refused(self, venue: Venue, subjects: Subjects) -> None:
        """A depth below 1 is a RequestError, not a whole book and not an empty one."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        ref = (await a_book(venue, subjects)).market_ref
        for depth in (0, -1):
            with pytest.raises(RequestError):
                await reader.get_book(ref, depth=depth)

    async def test_books_no_is_the_mirror(self, venue: Venue, subjects: Subjects) -> None:
        """A NO book that calls itself a mirror is exactly 1 minus the YES book, sides exchanged."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        yes = await a_book(venue, subjects)
        no = await reader.get_book(f"{yes.market_ref}#no")
        if no.source is not BookSource.MIRROR and yes.source is not BookSource.MIRROR:
            skip(f"{venue.info.provider} states the books of both outcomes itself")
        assert levels(no) == levels(yes.mirror())

    async def test_books_speak_of_the_outcome_asked_for(self, venue: Venue, subjects: Subjects) -> None:
        """A ref with ``#no`` gives the NO book, one with ``#yes`` or none the YES book."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        plain = await a_book(venue, subjects)
        assert plain.outcome is OutcomeSide.YES
        assert plain.market_ref.outcome is None, "market_ref names the market; the outcome has its own field"
        for side in OutcomeSide:
            book = await reader.get_book(f"{plain.market_ref}#{side}")
            assert (book.outcome, book.market_ref) == (side, plain.market_ref)

    async def test_books_unknown_is_not_found(self, venue: Venue) -> None:
        """An unknown market is NotFound, never an empty book."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        with pytest.raises(NotFound):
            await reader.get_book(MarketRef.make(venue.name, ABSENT))

    async def test_books_of_other_venues_are_refused(self, venue: Venue) -> None:
        """A ref of another venue is a RequestError."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        with pytest.raises(RequestError):
            await reader.get_book(MarketRef.make("elsewhere", ABSENT))

    async def test_books_several_come_in_order(self, venue: Venue) -> None:
        """Several books come in the order asked for, each as it is alone."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        markets = await open_markets(needs(venue.markets, Capability.MARKETS, venue), venue)
        wanted = [market.ref for market in markets[:2]][::-1]
        found = await reader.get_books(wanted)
        assert [book.market_ref for book in found] == wanted
        for book in found:
            check_sound(book, OrderBook)
            assert levels(book) == levels(await reader.get_book(book.market_ref))

    async def test_books_several_of_none_are_none(self, venue: Venue) -> None:
        """Asking for no book gives none."""
        assert await needs(venue.books, Capability.BOOKS, venue).get_books([]) == ()

    async def test_books_several_name_the_unknown_one(self, venue: Venue, subjects: Subjects) -> None:
        """An unknown market among several is NotFound, and the message names it."""
        reader = needs(venue.books, Capability.BOOKS, venue)
        known = (await a_book(venue, subjects)).market_ref
        with pytest.raises(NotFound, match=ABSENT):
            await reader.get_books([known, MarketRef.make(venue.name, ABSENT)])

    async def test_books_times_are_now(self, venue: Venue, subjects: Subjects, clock: Clock) -> None:
        """Times are aware, in UTC, and the book was received now."""
        book = await a_book(venue, subjects)
        check_times(book)
        assert abs(book.received_time - clock.now()) < timedelta(minutes=5)
        if book.venue_time is not None and venue.info.write_class is WriteClass.SIMULATED:
            assert book.venue_time <= book.received_time + timedelta(minutes=5)

    async def test_books_are_snapshots(self, venue: Venue, subjects: Subjects) -> None:
        """A book that was read once is a snapshot; only a stream keeps a book live."""
        assert (await a_book(venue, subjects)).state is BookState.SNAPSHOT

    async def test_books_of_curves_are_said_to_be_curves(self, venue: Venue, subjects: Subjects) -> None:
        """A book computed from a market maker's formula says so."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        book = await a_book(venue, subjects)
        execution = (await reader.get_market(book.market_ref)).execution
        if execution is not Execution.AMM:
            skip(f"{book.market_ref} is not made by a formula alone")
        assert book.source is BookSource.CURVE

    async def test_books_survive_json(self, venue: Venue, subjects: Subjects) -> None:
        """A book survives a trip through JSON to the last digit."""
        check_json(await a_book(venue, subjects))
