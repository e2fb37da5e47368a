"""Rules of the capability ``events``."""

from __future__ import annotations

import pytest

from pmi_core.capabilities import Capability, EventReader
from pmi_core.errors import NotFound
from pmi_core.identifiers import EventRef, SeriesRef
from pmi_core.models import Event, EventQuery, MarketResult, MarketStatus, Series, SeriesQuery
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.samples import (
    ABSENT,
    LOOKED_AT,
    Subjects,
    a_market,
    an_event_ref,
    every_page,
    survives_garbage_cursor,
)
from pmi_core.testing.conformance.soundness import (
    check_json,
    check_refs,
    check_sound,
    check_times,
    check_unique,
)
from pmi_core.testing.conformance.stage import Contract

__all__ = ["EventRules"]

FIXED = ("ref", "series_ref", "title", "category", "mutually_exclusive", "exhaustive", "open_set")


async def an_exclusive_event_ref(reader: EventReader, venue: Venue, subjects: Subjects) -> EventRef:
    """The subject, or the first listed event that is said to be exclusive, or simply the first."""
    first = await an_event_ref(venue, subjects)
    if "event" in subjects:
        return first
    listed = await reader.list_events(EventQuery(limit=LOOKED_AT))
    return next((one.ref for one in listed.items if one.mutually_exclusive), first)


class EventRules(Contract):
    """Events and the series they belong to."""

    async def test_events_answers(self, venue: Venue, subjects: Subjects) -> None:
        """An event can be read, is whole, and carries the configured name."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        event = check_sound(await reader.get_event(await an_event_ref(venue, subjects)), Event)
        check_refs(event, venue.name)
        check_times(event)
        check_json(event)

    async def test_events_get_agrees_with_listing(self, venue: Venue) -> None:
        """Reading a listed event by its ref gives the same event, its exclusivity included."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        page = await reader.list_events(EventQuery(limit=20))
        if not page.items:
            skip(f"{venue.info.provider} lists no event")
        for listed in page.items[:2]:
            check_sound(listed, Event)
            alone = await reader.get_event(listed.ref)
            for field in FIXED:
                assert getattr(alone, field) == getattr(listed, field), f"{listed.ref}: {field} differs"

    async def test_events_listing_can_hold_markets(self, venue: Venue) -> None:
        """A listing with markets gives the markets that reading the event gives."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        page = await reader.list_events(EventQuery(with_markets=True, limit=3))
        if not any(event.markets for event in page.items):
            skip(f"{venue.info.provider} lists no event with markets")
        for listed in page.items[:1]:
            alone = await reader.get_event(listed.ref)
            assert {market.ref for market in listed.markets} == {market.ref for market in alone.markets}

    async def test_events_markets_name_their_event(self, venue: Venue, subjects: Subjects) -> None:
        """Every market of an event names that event."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        event = await reader.get_event(await an_event_ref(venue, subjects))
        assert event.markets, f"{event.ref} has no markets"
        assert {market.event_ref for market in event.markets} == {event.ref}
        check_unique((market.ref for market in event.markets), "the market")

    async def test_events_hold_their_markets(self, venue: Venue, subjects: Subjects) -> None:
        """A market is among the markets of the event that it names."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        market = await a_market(venue, subjects)
        if market.event_ref is None:
            skip(f"{venue.info.provider} names no event for {market.ref}")
        event = await reader.get_event(market.event_ref)
        assert market.ref in {one.ref for one in event.markets}

    async def test_events_exclusive_events_have_one_winner(self, venue: Venue, subjects: Subjects) -> None:
        """At most one market of a mutually exclusive event resolves YES."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        event = await reader.get_event(await an_exclusive_event_ref(reader, venue, subjects))
        if not event.mutually_exclusive:
            skip(f"{event.ref} is not said to be mutually exclusive")
        winners = [market.ref for market in event.markets if market.result is MarketResult.YES]
        assert len(winners) <= 1, winners

    async def test_events_close_with_their_last_market(self, venue: Venue, subjects: Subjects) -> None:
        """An event closes when the last of its markets closes."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        event = await reader.get_event(await an_event_ref(venue, subjects))
        closing = [market.close_time for market in event.markets if market.close_time is not None]
        if event.close_time is None or not closing:
            skip(f"{event.ref} says no closing time")
        assert event.close_time == max(closing)

    async def test_events_unknown_is_not_found(self, venue: Venue) -> None:
        """A ref that the venue does not know is NotFound."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        with pytest.raises(NotFound):
            await reader.get_event(EventRef.make(venue.name, ABSENT))

    async def test_events_pages_do_not_repeat(self, venue: Venue) -> None:
        """Following the cursor never gives an event twice, and pages keep the limit."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        assert len((await reader.list_events(EventQuery(limit=2))).items) <= 2
        rows, _ = await every_page(reader.list_events, EventQuery(limit=2), pages=3)
        check_unique((event.ref for event in rows), "the event")

    async def test_events_garbage_cursor_ends(self, venue: Venue) -> None:
        """A cursor that the venue never gave is refused or leads to an end."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        await survives_garbage_cursor(reader.list_events, EventQuery(limit=100), venue)

    async def test_events_filter_by_status(self, venue: Venue) -> None:
        """A listing of open events gives events with an open market."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        page = await reader.list_events(EventQuery(status=MarketStatus.OPEN, with_markets=True, limit=10))
        if not page.items:
            skip(f"{venue.info.provider} lists no open event")
        for event in page.items:
            statuses = {market.status for market in event.markets}
            assert not statuses or MarketStatus.OPEN in statuses, f"{event.ref}: {sorted(statuses)}"

    async def test_events_filter_by_series(self, venue: Venue, subjects: Subjects) -> None:
        """A listing by series gives events of that series."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        event = await reader.get_event(await an_event_ref(venue, subjects))
        if event.series_ref is None:
            skip(f"{event.ref} belongs to no series")
        page = await reader.list_events(EventQuery(series_ref=event.series_ref, limit=20))
        assert {one.series_ref for one in page.items} == {event.series_ref}

    async def test_events_series_answers(self, venue: Venue) -> None:
        """Series can be listed, are whole, and read alike by their refs."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        page = await reader.list_series(SeriesQuery(limit=20))
        if not page.items:
            skip(f"{venue.info.provider} has no series")
        for series in page.items:
            check_sound(series, Series)
            check_refs(series, venue.name)
        listed = page.items[0]
        alone = await reader.get_series(listed.ref)
        assert (alone.ref, alone.title, alone.category) == (listed.ref, listed.title, listed.category)

    async def test_events_series_of_an_event_is_known(self, venue: Venue, subjects: Subjects) -> None:
        """The series that an event names can be read."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        event = await reader.get_event(await an_event_ref(venue, subjects))
        if event.series_ref is None:
            skip(f"{event.ref} belongs to no series")
        assert (await reader.get_series(event.series_ref)).ref == event.series_ref

    async def test_events_series_unknown_is_not_found(self, venue: Venue) -> None:
        """A series that the venue does not know is NotFound."""
        reader = needs(venue.events, Capability.EVENTS, venue)
        with pytest.raises(NotFound):
            await reader.get_series(SeriesRef.make(venue.name, ABSENT))
