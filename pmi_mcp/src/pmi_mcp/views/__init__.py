"""Neutral models as plain data, for tool results and for ``--json``.

Pure functions: exact numbers become text, unknown values are left out, and everything that a
venue wrote passes the sanitizer and keeps the mark :class:`pmi_mcp.texts.VenueText`.
"""

from pmi_mcp.views.account import (
    balance_row,
    fill_row,
    group_row,
    order_row,
    position_row,
    queue_row,
    settlement_row,
)
from pmi_mcp.views.costs import book_cost_view, quoted_cost_view
from pmi_mcp.views.events import event_row, member_row, milestone_row, series_row
from pmi_mcp.views.markets import market_row, market_view
from pmi_mcp.views.negotiation import collection_row, quote_row, rfq_row
from pmi_mcp.views.overview import exposure_row, total_rows
from pmi_mcp.views.prices import CANDLE_COLUMNS, TRADE_COLUMNS, book_view, candle_row, trade_row
from pmi_mcp.views.values import Detail, columns
from pmi_mcp.views.venues import declared_view, opened_view, status_view

__all__ = [
    "CANDLE_COLUMNS",
    "TRADE_COLUMNS",
    "Detail",
    "balance_row",
    "book_cost_view",
    "book_view",
    "candle_row",
    "collection_row",
    "columns",
    "declared_view",
    "event_row",
    "exposure_row",
    "fill_row",
    "group_row",
    "market_row",
    "market_view",
    "member_row",
    "milestone_row",
    "opened_view",
    "order_row",
    "position_row",
    "queue_row",
    "quote_row",
    "quoted_cost_view",
    "rfq_row",
    "series_row",
    "settlement_row",
    "status_view",
    "total_rows",
    "trade_row",
]
