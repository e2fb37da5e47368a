"""Rules of the capabilities ``trades`` and ``milestones``."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from pmi_core.capabilities import Capability, TradeReader
from pmi_core.models import Milestone, MilestoneQuery, Trade, TradeQuery
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import Subjects, a_market, every_page, survives_garbage_cursor
from pmi_core.testing.conformance.soundness import (
    check_json,
    check_refs,
    check_sound,
    check_times,
    check_unique,
)
from pmi_core.testing.conformance.stage import Contract

__all__ = ["MilestoneRules", "TradeRules"]


async def some_trades(reader: TradeReader, venue: Venue, subjects: Subjects) -> tuple[Trade, ...]:
    """Trades of the sample market, else of the whole venue."""
    market = await a_market(venue, subjects)
    page = await reader.list_trades(TradeQuery(market_ref=market.ref, limit=20))
    if not page.items and "market" not in subjects:
        page = await reader.list_trades(TradeQuery(limit=20))
    if not page.items:
        skip(f"{venue.info.provider} has no trades to look at")
    return page.items


class TradeRules(Contract):
    """Public trades."""

    async def test_trades_answers(self, venue: Venue, subjects: Subjects) -> None:
        """Trades can be listed, are whole, and carry the configured name."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        for trade in await some_trades(reader, venue, subjects):
            check_sound(trade, Trade)
            check_refs(trade, venue.name)
            check_json(trade)

    async def test_trades_are_newest_first(self, venue: Venue, subjects: Subjects) -> None:
        """Times never rise along the list, are aware and in UTC."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        found = await some_trades(reader, venue, subjects)
        for trade in found:
            check_times(trade)
        assert all(newer.time >= older.time for newer, older in pairwise(found))

    async def test_trades_prices_are_exact(self, venue: Venue, subjects: Subjects) -> None:
        """Prices are Decimal inside (0, 1), sizes Decimal and positive."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        for trade in await some_trades(reader, venue, subjects):
            assert type(trade.price) is Decimal, trade.trade_id
            assert type(trade.size) is Decimal, trade.trade_id
            assert 0 < trade.price < 1, f"{trade.trade_id}: {trade.price}"
            assert trade.size > 0, f"{trade.trade_id}: {trade.size} contracts"

    async def test_trades_keep_to_the_market(self, venue: Venue, subjects: Subjects) -> None:
        """A listing of one market gives that market's trades only."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        wanted = (await some_trades(reader, venue, subjects))[0].market_ref
        page = await reader.list_trades(TradeQuery(market_ref=wanted, limit=20))
        assert {trade.market_ref for trade in page.items} == {wanted}

    async def test_trades_keep_to_the_window(self, venue: Venue, subjects: Subjects) -> None:
        """A listing of a window gives trades inside it, both ends included."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        found = await some_trades(reader, venue, subjects)
        first, last = found[-1].time, found[0].time
        query = TradeQuery(market_ref=found[0].market_ref, start=first, end=last, limit=20)
        inside = await reader.list_trades(query)
        assert inside.items, "the window holds trades and the answer none"
        assert all(first <= trade.time <= last for trade in inside.items)

    async def test_trades_pages_do_not_repeat(self, venue: Venue, subjects: Subjects) -> None:
        """Pages keep the limit and never give a trade twice."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        market = (await some_trades(reader, venue, subjects))[0].market_ref
        query = TradeQuery(market_ref=market, limit=2)
        assert len((await reader.list_trades(query)).items) <= 2
        rows, _ = await every_page(reader.list_trades, query, pages=4)
        check_unique((trade.trade_id for trade in rows), "the trade")

    async def test_trades_garbage_cursor_ends(self, venue: Venue, subjects: Subjects) -> None:
        """A cursor that the venue never gave is refused or leads to an end."""
        reader = needs(venue.trades, Capability.TRADES, venue)
        market = (await some_trades(reader, venue, subjects))[0].market_ref
        await survives_garbage_cursor(reader.list_trades, TradeQuery(market_ref=market, limit=100), venue)


class MilestoneRules(Contract):
    """Happenings that markets depend on."""

    async def test_milestones_answers(self, venue: Venue) -> None:
        """Milestones can be listed, are whole, and carry the configured name."""
        reader = needs(venue.milestones, Capability.MILESTONES, venue)
        page = await reader.list_milestones(MilestoneQuery(limit=20))
        if not page.items:
            skip(f"{venue.info.provider} has no milestones to look at")
        for milestone in page.items:
            check_sound(milestone, Milestone)
            check_refs(milestone, venue.name)
            check_times(milestone)
            check_json(milestone)

    async def test_milestones_end_after_they_start(self, venue: Venue) -> None:
        """A milestone ends no earlier than it starts, and its main events are among its events."""
        reader = needs(venue.milestones, Capability.MILESTONES, venue)
        for milestone in (await reader.list_milestones(MilestoneQuery(limit=20))).items:
            assert milestone.end_time is None or milestone.start_time <= milestone.end_time, milestone.ref
            assert set(milestone.primary_event_refs) <= set(milestone.event_refs), milestone.ref

    async def test_milestones_filter_by_event(self, venue: Venue) -> None:
        """A listing by event gives milestones that name the event."""
        reader = needs(venue.milestones, Capability.MILESTONES, venue)
        page = await reader.list_milestones(MilestoneQuery(limit=20))
        events = [event for milestone in page.items for event in milestone.event_refs]
        if not events:
            skip(f"{venue.info.provider} has no milestone that names an event")
        found = await reader.list_milestones(MilestoneQuery(event_ref=events[0], limit=20))
        assert found.items
        assert all(events[0] in milestone.event_refs for milestone in found.items)

    async def test_milestones_filter_by_start(self, venue: Venue) -> None:
        """A listing from a moment on gives milestones that start after it."""
        reader = needs(venue.milestones, Capability.MILESTONES, venue)
        page = await reader.list_milestones(MilestoneQuery(limit=20))
        if not page.items:
            skip(f"{venue.info.provider} has no milestones to look at")
        moment = sorted(milestone.start_time for milestone in page.items)[len(page.items) // 2]
        found = await reader.list_milestones(MilestoneQuery(starts_after=moment, limit=20))
        assert all(milestone.start_time >= moment for milestone in found.items)

    async def test_milestones_pages_do_not_repeat(self, venue: Venue) -> None:
        """Pages keep the limit and never give a milestone twice."""
        reader = needs(venue.milestones, Capability.MILESTONES, venue)
        assert len((await reader.list_milestones(MilestoneQuery(limit=1))).items) <= 1
        rows, _ = await every_page(reader.list_milestones, MilestoneQuery(limit=1), pages=4)
        check_unique((milestone.ref for milestone in rows), "the milestone")
