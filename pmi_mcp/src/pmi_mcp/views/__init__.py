"""Neutral models as plain data, for tool results and for ``--json``.

Pure functions: exact numbers become text, unknown values are left out, and everything that a
venue wrote passes the sanitizer and keeps the mark :class:`pmi_mcp.texts.VenueText`.
"""

from pmi_mcp.views.account import balance_row, fill_row, order_row, position_row
from pmi_mcp.views.events import event_row, member_row, milestone_row, series_row
from pmi_mcp.views.markets import market_row, market_view
from pmi_mcp.views.prices import CANDLE_COLUMNS, TRADE_COLUMNS, book_view, candle_row, trade_row
from pmi_mcp.views.values import Detail, columns
from pmi_mcp.views.venues import declared_view, opened_view, status_view

__all__ = [
    "CANDLE_COLUMNS",
    "TRADE_COLUMNS",
    "Detail",
    "balance_row",
    "book_view",
    "candle_row",
    "columns",
    "declared_view",
    "event_row",
    "fill_row",
    "market_row",
    "market_view",
    "member_row",
    "milestone_row",
    "opened_view",
    "order_row",
    "position_row",
    "series_row",
    "status_view",
    "trade_row",
]
