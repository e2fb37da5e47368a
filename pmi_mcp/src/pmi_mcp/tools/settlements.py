"""The tool that reads what the account's markets paid."""

from __future__ import annotations

from pmi_core.capabilities import Capability
from pmi_core.identifiers import MarketRef
from pmi_core.models import Settlement, SettlementQuery
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.times import window
from pmi_mcp.tools.arguments import (
    CursorText,
    DetailWord,
    EndText,
    MarketFilter,
    RowLimit,
    StartText,
    VenueName,
)
from pmi_mcp.tools.listing import Listing
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import settlement_row

__all__ = ["TOOLS", "get_settlements"]

_SETTLEMENTS: Listing[Settlement] = Listing(
    name="settlements",
    capability=Capability.ACCOUNT,
    query=SettlementQuery,
    read=lambda part, query: part.list_settlements(query),
    row=settlement_row,
    newest=lambda row: row.time,
    shown=lambda row: row.market_ref,
)


async def get_settlements(
    venues: Venues,
    *,
    venue: VenueName = None,
    market: MarketFilter = None,
    start: StartText = None,
    end: EndText = None,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List settlements of the account."""
    names, market_ref = venues.names_for(MarketRef, market, venue, Capability.ACCOUNT)
    since, until = window(start, end, venues.clock.now())
    return await _SETTLEMENTS.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        market_ref=market_ref.market if market_ref else None,
        start=since,
        end=until,
    )


TOOLS = (
    ToolSpec(
        function=get_settlements,
        title="Settlements",
        description="Settled markets of the account, newest first: result, payout, cost, fees.",
        toolset=Toolset.TRADING,
        needs=(Capability.ACCOUNT,),
    ),
)
