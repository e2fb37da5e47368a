"""Every tool, in the order in which a client sees it; one file per noun."""

from __future__ import annotations

from pmi_mcp.tools import (
    account,
    batches,
    cancelling,
    combos,
    confirming,
    costs,
    events,
    groups,
    live,
    making,
    markets,
    negotiation,
    orders,
    overview,
    prices,
    queue,
    requests,
    settlements,
    switch,
    venues,
)
from pmi_mcp.tools.spec import ToolSpec, Writes

__all__ = ["ALL", "ToolSpec", "Writes"]

ALL: tuple[ToolSpec, ...] = (
    *venues.TOOLS,
    *markets.TOOLS,
    *events.TOOLS,
    *combos.TOOLS,
    *prices.TOOLS,
    *costs.TOOLS,
    *overview.TOOLS,
    *account.TOOLS,
    *settlements.TOOLS,
    *queue.TOOLS,
    *groups.TOOLS,
    *negotiation.TOOLS,
    *requests.TOOLS,
    *making.TOOLS,
    *orders.TOOLS,
    *confirming.TOOLS,
    *cancelling.TOOLS,
    *batches.TOOLS,
    *live.TOOLS,
    *switch.TOOLS,
)
