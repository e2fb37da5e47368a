"""Tools for combos: from which events one may be built, and the market of one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import RequestError
from pmi_core.identifiers import CollectionRef, EventRef, MarketRef
from pmi_core.models import Collection, CollectionQuery, ComboRequest
from pmi_mcp.caller import Caller
from pmi_mcp.outputs import Answer
from pmi_mcp.requesting import request_once
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import identifier
from pmi_mcp.tools.arguments import CursorText, DetailWord, EventText, RowLimit, VenueName
from pmi_mcp.tools.listing import Listing
from pmi_mcp.tools.spec import ToolSpec, Writes
from pmi_mcp.venues import Venues
from pmi_mcp.views import collection_row, market_view
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "get_multivariate_collections", "open_combo"]

_COLLECTIONS: Listing[Collection] = Listing(
    name="collections",
    capability=Capability.COMBOS,
    query=CollectionQuery,
    read=lambda part, query: part.list_collections(query),
    row=collection_row,
)


async def get_multivariate_collections(
    venues: Venues,
    *,
    collection: Annotated[str | None, Field(description="One collection's ref; a list when left out")] = None,
    venue: VenueName = None,
    event: EventText = None,
    open_only: Annotated[bool, Field(description="Without those closed")] = True,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """Read one collection, or list them."""
    if collection is not None:
        _, ref = venues.names_for(CollectionRef, collection, venue, Capability.COMBOS)
        assert ref is not None
        part = await venues.part(ref.venue, Capability.COMBOS)
        one: Collection = await venues.wait(ref.venue, part.get_collection(ref))
        return Answer(name="collections", rows=[collection_row(one, "full")])
    names, event_ref = venues.names_for(EventRef, event, venue, Capability.COMBOS)
    return await _COLLECTIONS.answer(
        venues, names, limit=limit, cursor=cursor, detail=detail, event_ref=event_ref, open_only=open_only
    )


async def open_combo(
    caller: Caller,
    *,
    collection: Annotated[str, Field(description="Collection's ref")],
    legs: Annotated[
        list[str], Field(min_length=1, max_length=30, description="Outcome refs, with #yes or #no")
    ],
) -> Answer:
    """Open the market of a combination, or give the one that is there."""
    ref = CollectionRef(collection.strip())
    name = caller.check_venue(ref)
    request = checked(ComboRequest, collection_ref=ref, legs=[_leg(caller, text, name) for text in legs])
    desk = await caller.desk()
    opened = await request_once(
        caller, name, desk.ask.open_combo(request, caller.by), "the same legs give the same market"
    )
    caller.venues.remember([opened.ref])
    return Answer(facts=market_view(opened, "brief"))


def _leg(caller: Caller, text: str, venue: str) -> dict[str, Any]:
    leg = MarketRef(text.strip())
    caller.check_venue(leg, venue)
    if leg.outcome is None:
        raise RequestError(
            f"the leg {identifier(leg)[:80]} does not say which outcome", hint="end it in #yes or #no"
        )
    return {"market_ref": leg.market, "outcome": leg.outcome}


TOOLS = (
    ToolSpec(
        function=get_multivariate_collections,
        title="Multivariate collections",
        description="Collections of events whose markets may be combined into one market.",
        toolset=Toolset.BROWSE,
        needs=(Capability.COMBOS,),
    ),
    ToolSpec(
        function=open_combo,
        title="Open combo",
        description="Open the market that resolves YES only if every leg does; needs no approval, ordering in it does.",
        toolset=Toolset.RFQ,
        needs=(Capability.COMBOS,),
        writes=Writes.ASKS,
        repeatable=True,
    ),
)
