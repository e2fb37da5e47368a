"""The tool that reads what the account's markets paid."""

from __future__ import annotations

from typing import Any

from pmi_core.capabilities import Capability
from pmi_core.identifiers import MarketRef
from pmi_core.models import Page, Settlement, SettlementQuery
from pmi_mcp.gathering import gather, pages
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.times import moment
from pmi_mcp.tools.arguments import (
    CursorText,
    DetailWord,
    EndText,
    MarketFilter,
    RowLimit,
    StartText,
    VenueName,
)
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import settlement_row
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "get_settlements"]


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
    now = venues.clock.now()
    since = None if start is None else moment(start, now, "start")
    until = None if end is None else moment(end, now, "end")

    async def ask(part: Any, name: str, rows: int, page: str | None) -> Page[Settlement]:
        del name
        query = checked(
            SettlementQuery,
            market_ref=market_ref.market if market_ref else None,
            start=since,
            end=until,
            limit=rows,
            cursor=page,
        )
        found: Page[Settlement] = await part.list_settlements(query)
        return found

    read = pages(venues, Capability.ACCOUNT, limit, ask)
    found = await gather(names, cursor, read, limit=limit, newest=lambda row: row.time)
    venues.remember(row.market_ref for _, row in found.rows)
    rows = [settlement_row(row, detail) for _, row in found.rows]
    return Answer(name="settlements", rows=rows, cursor=found.cursor, after=found.failures)


TOOLS = (
    ToolSpec(
        function=get_settlements,
        title="Settlements",
        description="Settled markets of the account, newest first: result, payout, cost, fees.",
        toolset=Toolset.TRADING,
        needs=(Capability.ACCOUNT,),
    ),
)
