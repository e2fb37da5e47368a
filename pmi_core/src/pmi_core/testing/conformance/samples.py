"""What the rules look at: a market, its book, an event; chosen the same way every time.

The questions are few and fixed, so that recordings can answer them: the first open markets, or the
subjects that the recordings name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pmi_core.capabilities import BookReader, Capability, EventReader, MarketReader
from pmi_core.errors import NotFound, RequestError
from pmi_core.identifiers import EventRef, MarketRef
from pmi_core.models import CandleQuery, EventQuery, Market, MarketQuery, MarketStatus, Model, OrderBook, Page
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip

__all__ = [
    "ABSENT",
    "LOOKED_AT",
    "Subjects",
    "a_book",
    "a_market",
    "an_event_ref",
    "every_page",
    "hourly",
    "open_markets",
    "survives_garbage_cursor",
]

ABSENT = "PMI-NO-SUCH-THING"
"""A native id that no venue knows."""
LOOKED_AT = 20
"""Rows of the listings that are looked through for something to look at."""
PAGES = 60
SPAN = timedelta(days=2)
Subjects = Mapping[str, str]
"""Native ids to look at, by what they name: market, event, series."""


Row = TypeVar("Row", bound=Model)
Query = TypeVar("Query", bound=Model)


def hourly(market: MarketRef, now: datetime) -> CandleQuery:
    """The two days before this hour."""
    end = now.replace(minute=0, second=0, microsecond=0)
    return CandleQuery(market_ref=market, start=end - SPAN, end=end)


async def open_markets(reader: MarketReader, venue: Venue) -> tuple[Market, ...]:
    """The first open markets of the listing: ``MarketQuery(status=open, limit=20)``."""
    page = await reader.list_markets(MarketQuery(status=MarketStatus.OPEN, limit=LOOKED_AT))
    if not page.items:
        skip(f"{venue.info.provider} has no open market to look at")
    return page.items


async def a_market(venue: Venue, subjects: Subjects) -> Market:
    """The subject ``market``, or the first open one that has prices on both sides."""
    reader = needs(venue.markets, Capability.MARKETS, venue)
    if "market" in subjects:
        return await reader.get_market(MarketRef.make(venue.name, subjects["market"]))
    found = await open_markets(reader, venue)
    lively = [market for market in found if market.yes.bid is not None and market.yes.ask is not None]
    return (lively or list(found))[0]


async def a_book(venue: Venue, subjects: Subjects) -> OrderBook:
    """A book with levels on at least one side: of the subject, else of the first open markets."""
    reader: BookReader = needs(venue.books, Capability.BOOKS, venue)
    first = (await a_market(venue, subjects)).ref
    book = await reader.get_book(first)
    if book.bids or book.asks or "market" in subjects:
        return book
    for market in await open_markets(needs(venue.markets, Capability.MARKETS, venue), venue):
        book = await reader.get_book(market.ref)
        if book.bids or book.asks:
            return book
    return skip(f"{venue.info.provider} has no open market with a book to look at")


async def an_event_ref(venue: Venue, subjects: Subjects) -> EventRef:
    """The subject ``event``, or the first event of the listing: ``EventQuery(limit=20)``."""
    if "event" in subjects:
        return EventRef.make(venue.name, subjects["event"])
    reader: EventReader = needs(venue.events, Capability.EVENTS, venue)
    page = await reader.list_events(EventQuery(limit=LOOKED_AT))
    if not page.items:
        skip(f"{venue.info.provider} has no event to look at")
    return page.items[0].ref


async def every_page(
    listing: Callable[[Query], Awaitable[Page[Row]]], query: Query, *, pages: int = PAGES
) -> tuple[list[Row], bool]:
    """Follow cursors; gives the rows, and whether the end was reached within ``pages``.

    A cursor that was given before is a loop and breaks the rule.
    """
    rows: list[Row] = []
    given: set[str] = set()
    for _ in range(pages):
        page = await listing(query)
        rows += page.items
        if page.cursor is None:
            return rows, True
        assert page.cursor not in given, (
            f"the cursor {page.cursor[:40]!r} was given twice: the listing is a loop"
        )
        given.add(page.cursor)
        query = query.model_copy(update={"cursor": page.cursor})
    return rows, False


async def survives_garbage_cursor(
    listing: Callable[[Query], Awaitable[Page[Row]]], query: Query, venue: Venue
) -> None:
    """Assert that a cursor the venue never gave is refused, or ends; it never loops."""
    try:
        _, ended = await every_page(listing, query.model_copy(update={"cursor": "pmi-garbage-cursor"}))
    except (RequestError, NotFound):
        return
    assert ended, f"a cursor that {venue.info.provider} never gave leads through pages without end"
