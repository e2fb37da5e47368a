"""Tools that find and show markets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound
from pmi_core.models import Market
from pmi_mcp.gathering import gather
from pmi_mcp.outputs import Answer
from pmi_mcp.searching import search
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import (
    CursorText,
    DetailWord,
    MarketText,
    OneVenue,
    RowLimit,
    StatusWord,
    VenueName,
    status_of,
)
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import market_row, market_view

__all__ = ["TOOLS", "get_market", "search_markets"]


async def search_markets(
    venues: Venues,
    *,
    query: Annotated[str, Field(min_length=1, max_length=400, description="Words that the market speaks of")],
    venue: VenueName = None,
    status: StatusWord = "open",
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """Search venues at once; say of each whether everything was looked at."""
    names = venues.choose(venue, Capability.SEARCH, Capability.MARKETS)
    read = search(venues, query, status_of(status), limit, scan=venues.scan_rows)
    found = await gather(names, cursor, read, limit=limit)
    venues.remember(market.ref for _, market in found.rows)
    rows = [market_row(row) if detail == "brief" else market_view(row, "full") for _, row in found.rows]
    return Answer(
        name="markets",
        rows=rows,
        cursor=found.cursor,
        after={"searched": [answer.facts for answer in found.slices.values()], **found.failures},
    )


async def get_market(
    venues: Venues, *, market: MarketText, venue: OneVenue = None, detail: DetailWord = "brief"
) -> Answer:
    """Read one market."""
    reader, ref = await venues.find(market, venue, Capability.MARKETS)
    try:
        found: Market = await venues.wait(ref.venue, reader.get_market(ref.market))
    except NotFound as error:
        raise venues.with_nearest(error, ref) from None
    venues.remember([found.ref])
    return Answer(facts=market_view(found, detail))


TOOLS = (
    ToolSpec(
        function=search_markets,
        title="Search markets",
        description="Find markets by words, at one venue or all. `searched` says per venue how many rows were "
        "scanned and whether the search was complete.",
        toolset=Toolset.CORE,
        needs=(Capability.SEARCH, Capability.MARKETS),
    ),
    ToolSpec(
        function=get_market,
        title="Get market",
        description="One market: prices, status, times, start of the rules. Full: whole rules, grid, fees, strike.",
        toolset=Toolset.CORE,
        needs=(Capability.MARKETS,),
    ),
)
