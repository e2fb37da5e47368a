"""The tool that reads from which events a combo may be built."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.identifiers import CollectionRef, EventRef
from pmi_core.models import Collection, CollectionQuery, Page
from pmi_mcp.gathering import gather, pages
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import CursorText, DetailWord, EventText, RowLimit, VenueName
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import collection_row
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "get_multivariate_collections"]


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

    async def ask(part: Any, name: str, rows: int, page: str | None) -> Page[Collection]:
        del name
        query = checked(CollectionQuery, event_ref=event_ref, open_only=open_only, limit=rows, cursor=page)
        found: Page[Collection] = await part.list_collections(query)
        return found

    found = await gather(names, cursor, pages(venues, Capability.COMBOS, limit, ask), limit=limit)
    rows = [collection_row(row, detail) for _, row in found.rows]
    return Answer(name="collections", rows=rows, cursor=found.cursor, after=found.failures)


TOOLS = (
    ToolSpec(
        function=get_multivariate_collections,
        title="Multivariate collections",
        description="Collections of events whose markets may be combined into one market.",
        toolset=Toolset.BROWSE,
        needs=(Capability.COMBOS,),
    ),
)
