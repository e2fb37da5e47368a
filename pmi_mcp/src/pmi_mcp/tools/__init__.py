"""Every tool, in the order in which a client sees it; one file per noun."""

from __future__ import annotations

from pmi_mcp.tools import account, events, markets, prices, venues
from pmi_mcp.tools.spec import ToolSpec

__all__ = ["ALL", "ToolSpec"]

ALL: tuple[ToolSpec, ...] = (
    *venues.TOOLS,
    *markets.TOOLS,
    *events.TOOLS,
    *prices.TOOLS,
    *account.TOOLS,
)
