"""Notices when a client has been answered, so that heavy work waits until then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext

if TYPE_CHECKING:
    from pmi_mcp.trading import Trading

__all__ = ["Notice"]


class Notice(Middleware):
    """Tells the desk's keeper of the first list of tools and the first call."""

    def __init__(self, trading: Trading) -> None:
        self._trading = trading

    async def on_list_tools(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """After the list."""
        answer = await call_next(context)
        self._trading.answered()
        return answer

    async def on_call_tool(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """After a call."""
        try:
            return await call_next(context)
        finally:
            self._trading.answered()
