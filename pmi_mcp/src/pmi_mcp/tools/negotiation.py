"""Tools that read requests for quotes and what was quoted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.identifiers import MarketRef, RfqRef
from pmi_core.models import Quote, QuoteListQuery, Rfq, RfqQuery
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import CursorText, DetailWord, MarketFilter, RowLimit, VenueName
from pmi_mcp.tools.listing import Listing
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import quote_row, rfq_row

__all__ = ["TOOLS", "get_quotes", "get_rfqs"]

_RFQS: Listing[Rfq] = Listing(
    name="rfqs",
    capability=Capability.QUOTES,
    query=RfqQuery,
    read=lambda part, query: part.list_rfqs(query),
    row=rfq_row,
)
_QUOTES: Listing[Quote] = Listing(
    name="quotes",
    capability=Capability.QUOTES,
    query=QuoteListQuery,
    read=lambda part, query: part.list_quotes(query),
    row=quote_row,
)


async def get_rfqs(
    venues: Venues,
    *,
    rfq: Annotated[str | None, Field(description="One request's ref; a list when left out")] = None,
    venue: VenueName = None,
    market: MarketFilter = None,
    mine: Annotated[bool | None, Field(description="Only own ones, or only others'")] = None,
    open_only: Annotated[bool, Field(description="Without those closed")] = True,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """Read one request for quotes, or list them."""
    if rfq is not None:
        _, ref = venues.names_for(RfqRef, rfq, venue, Capability.QUOTES)
        assert ref is not None
        part = await venues.part(ref.venue, Capability.QUOTES)
        one: Rfq = await venues.wait(ref.venue, part.get_rfq(ref))
        return Answer(name="rfqs", rows=[rfq_row(one, "full")])
    names, market_ref = venues.names_for(MarketRef, market, venue, Capability.QUOTES)
    return await _RFQS.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        market_ref=market_ref.market if market_ref else None,
        mine=mine,
        open_only=open_only,
    )


async def get_quotes(
    venues: Venues,
    *,
    venue: VenueName = None,
    rfq: Annotated[str | None, Field(description="Only for this request's ref")] = None,
    open_only: Annotated[bool, Field(description="Without those done")] = False,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List quotes that the account gave or received."""
    names, rfq_ref = venues.names_for(RfqRef, rfq, venue, Capability.QUOTES)
    return await _QUOTES.answer(
        venues, names, limit=limit, cursor=cursor, detail=detail, rfq_ref=rfq_ref, open_only=open_only
    )


TOOLS = (
    ToolSpec(
        function=get_rfqs,
        title="Requests for quotes",
        description="Requests for quotes that the account may see, or one of them.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
    ),
    ToolSpec(
        function=get_quotes,
        title="Quotes",
        description="Quotes that the account gave or received: the maker buys YES at yes_bid or NO at no_bid.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
    ),
)
