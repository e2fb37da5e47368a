"""Tools for what markets belong to: events, series, milestones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound, RequestError
from pmi_core.identifiers import EventRef, SeriesRef
from pmi_core.models import Event, EventQuery, Milestone, MilestoneQuery, Series, SeriesQuery
from pmi_mcp.cursors import Place, read_cursor, write_cursor
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.times import moment
from pmi_mcp.tools.arguments import (
    CursorText,
    DetailWord,
    EventText,
    RowLimit,
    StartText,
    StatusWord,
    VenueName,
    status_of,
)
from pmi_mcp.tools.listing import Listing
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import event_row, member_row, milestone_row, series_row

__all__ = ["TOOLS", "get_event", "get_events", "get_milestones", "get_series"]

Category = Annotated[str | None, Field(description="Category in the venue's words")]

_EVENTS: Listing[Event] = Listing(
    name="events",
    capability=Capability.EVENTS,
    query=EventQuery,
    read=lambda part, query: part.list_events(query),
    row=event_row,
    shown=lambda row: row.ref,
)
_SERIES: Listing[Series] = Listing(
    name="series",
    capability=Capability.EVENTS,
    query=SeriesQuery,
    read=lambda part, query: part.list_series(query),
    row=series_row,
    shown=lambda row: row.ref,
)
_MILESTONES: Listing[Milestone] = Listing(
    name="milestones",
    capability=Capability.MILESTONES,
    query=MilestoneQuery,
    read=lambda part, query: part.list_milestones(query),
    row=milestone_row,
)


async def get_events(
    venues: Venues,
    *,
    venue: VenueName = None,
    series: Annotated[str | None, Field(description="Only this series ref")] = None,
    category: Category = None,
    status: StatusWord = "open",
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List events."""
    names, series_ref = venues.names_for(SeriesRef, series, venue, Capability.EVENTS)
    return await _EVENTS.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        series_ref=series_ref,
        category=category,
        status=status_of(status),
    )


async def get_event(
    venues: Venues,
    *,
    event: Annotated[str, Field(description="Event ref")],
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """Read one event with its markets."""
    ref = EventRef(event.strip())
    (name,), _ = venues.names_for(EventRef, ref, None, Capability.EVENTS)
    skip = read_cursor(cursor).get(name, Place()).skip if cursor else 0
    part = await venues.part(name, Capability.EVENTS)
    try:
        found: Event = await venues.wait(name, part.get_event(ref))
    except NotFound as error:
        raise venues.with_nearest(error, ref) from None
    venues.remember([found.ref, *(market.ref for market in found.markets)])
    members = found.markets[skip:]

    def on(kept: int) -> str | None:
        return write_cursor({name: Place(None, skip + kept)}) if kept < len(members) else None

    return Answer(
        facts=event_row(found, detail),
        name="markets",
        rows=[member_row(market, found) for market in members],
        cursor=on,
    )


async def get_series(
    venues: Venues,
    *,
    series: Annotated[str | None, Field(description="One series ref; a list when left out")] = None,
    venue: VenueName = None,
    category: Category = None,
    tag: Annotated[str | None, Field(description="Tag in the venue's words")] = None,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """Read one series, or list them."""
    names, ref = venues.names_for(SeriesRef, series, venue, Capability.EVENTS)
    if ref is not None:
        if category or tag or cursor:
            raise RequestError("one series takes no filter", hint="leave category, tag and cursor out")
        part = await venues.part(ref.venue, Capability.EVENTS)
        try:
            one: Series = await venues.wait(ref.venue, part.get_series(ref))
        except NotFound as error:
            raise venues.with_nearest(error, ref) from None
        return Answer(facts=series_row(one, "full"))
    return await _SERIES.answer(
        venues, names, limit=limit, cursor=cursor, detail=detail, category=category, tag=tag
    )


async def get_milestones(
    venues: Venues,
    *,
    venue: VenueName = None,
    event: EventText = None,
    category: Category = None,
    starts_after: StartText = None,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List happenings that markets depend on."""
    names, event_ref = venues.names_for(EventRef, event, venue, Capability.MILESTONES)
    after = None if starts_after is None else moment(starts_after, venues.clock.now(), "starts_after")
    return await _MILESTONES.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        event_ref=event_ref,
        category=category,
        starts_after=after,
    )


TOOLS = (
    ToolSpec(
        function=get_event,
        title="Get event",
        description="One event with its markets; says whether they exclude each other and cover every case.",
        toolset=Toolset.CORE,
        needs=(Capability.EVENTS,),
    ),
    ToolSpec(
        function=get_events,
        title="List events",
        description="Events by series, category or status.",
        toolset=Toolset.BROWSE,
        needs=(Capability.EVENTS,),
    ),
    ToolSpec(
        function=get_series,
        title="Series",
        description="One series of recurring events, or a list of series.",
        toolset=Toolset.BROWSE,
        needs=(Capability.EVENTS,),
    ),
    ToolSpec(
        function=get_milestones,
        title="Milestones",
        description="Games, releases, votes and other happenings that events depend on.",
        toolset=Toolset.BROWSE,
        needs=(Capability.MILESTONES,),
    ),
)
