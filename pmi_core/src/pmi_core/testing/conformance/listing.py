"""Rules of the capability ``markets``: pages and filters of the listing."""

from __future__ import annotations

from datetime import timedelta

from pmi_core.capabilities import Capability
from pmi_core.models import MarketQuery, MarketStatus
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import (
    Subjects,
    a_market,
    every_page,
    open_markets,
    survives_garbage_cursor,
)
from pmi_core.testing.conformance.soundness import check_unique
from pmi_core.testing.conformance.stage import Contract

__all__ = ["ListingRules"]

OPEN = MarketStatus.OPEN


class ListingRules(Contract):
    """Pages, limits, cursors and filters of ``list_markets``."""

    async def test_markets_limit_is_respected(self, venue: Venue) -> None:
        """A page has no more rows than were asked for."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for limit in (1, 3):
            assert len((await reader.list_markets(MarketQuery(status=OPEN, limit=limit))).items) <= limit

    async def test_markets_largest_limit_works(self, venue: Venue) -> None:
        """The largest limit that a query can hold is answered, with fewer rows if need be."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        page = await reader.list_markets(MarketQuery(status=OPEN, limit=1000))
        assert 0 < len(page.items) <= 1000

    async def test_markets_pages_do_not_repeat(self, venue: Venue) -> None:
        """Following the cursor never gives a market twice, and no cursor twice."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        rows, _ = await every_page(reader.list_markets, MarketQuery(status=OPEN, limit=3), pages=4)
        check_unique((market.ref for market in rows), "the market")

    async def test_markets_pages_add_up(self, venue: Venue) -> None:
        """Small pages give together what one large page gives: nothing is lost at the end."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        whole = await reader.list_markets(MarketQuery(status=OPEN, limit=1000))
        if whole.cursor is not None:
            skip(f"{venue.info.provider} lists more open markets than one page holds")
        small = max(2, len(whole.items) // 20)
        rows, ended = await every_page(reader.list_markets, MarketQuery(status=OPEN, limit=small))
        assert ended, "the cursor never ends"
        assert [market.ref for market in rows] == [market.ref for market in whole.items]

    async def test_markets_order_is_stable(self, venue: Venue) -> None:
        """The same question gives the same order."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        first = [market.ref for market in await open_markets(reader, venue)]
        assert [market.ref for market in await open_markets(reader, venue)] == first

    async def test_markets_garbage_cursor_ends(self, venue: Venue) -> None:
        """A cursor that the venue never gave is refused or leads to an end; it never loops."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        await survives_garbage_cursor(reader.list_markets, MarketQuery(status=OPEN, limit=100), venue)

    async def test_markets_filter_by_status(self, venue: Venue) -> None:
        """A listing by status gives that status only."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        for status in (MarketStatus.OPEN, MarketStatus.SETTLED):
            page = await reader.list_markets(MarketQuery(status=status, limit=20))
            assert {market.status for market in page.items} <= {status}

    async def test_markets_filter_by_event(self, venue: Venue, subjects: Subjects) -> None:
        """A listing by event gives markets of that event, the one it came from among them."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        market = await a_market(venue, subjects)
        if market.event_ref is None:
            skip(f"{venue.info.provider} names no event for {market.ref}")
        page = await reader.list_markets(MarketQuery(event_ref=market.event_ref, limit=100))
        assert {one.event_ref for one in page.items} == {market.event_ref}
        assert market.ref in {one.ref for one in page.items} or page.cursor is not None

    async def test_markets_filter_by_refs(self, venue: Venue) -> None:
        """A listing by refs gives exactly those markets."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        wanted = tuple(market.ref for market in (await open_markets(reader, venue))[:2])
        page = await reader.list_markets(MarketQuery(market_refs=wanted, limit=100))
        assert {market.ref for market in page.items} == set(wanted)

    async def test_markets_filter_by_closing_time(self, venue: Venue, subjects: Subjects) -> None:
        """A listing by closing time gives markets that close within it."""
        reader = needs(venue.markets, Capability.MARKETS, venue)
        market = await a_market(venue, subjects)
        if market.close_time is None:
            skip(f"{venue.info.provider} says no closing time for {market.ref}")
        after, before = market.close_time - timedelta(days=1), market.close_time + timedelta(days=1)
        page = await reader.list_markets(MarketQuery(closes_after=after, closes_before=before, limit=100))
        assert page.items or page.cursor, f"{market.ref} closes within the window and is not listed"
        for one in page.items:
            assert one.close_time is not None, one.ref
            assert after <= one.close_time <= before, one.ref
