"""Every tool, in the order in which a client sees it; one file per noun."""

from __future__ import annotations

from pmi_mcp.tools import (
    account,
    combos,
    costs,
    events,
    groups,
    markets,
    negotiation,
    overview,
    prices,
    queue,
    settlements,
    venues,
)
from pmi_mcp.tools.spec import ToolSpec

__all__ = ["ALL", "ToolSpec"]

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
)
