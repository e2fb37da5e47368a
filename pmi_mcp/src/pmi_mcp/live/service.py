"""The live side of a server: what its tools listen by, and what tells of changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from pmi_mcp.live.notices import Notices
from pmi_mcp.live.subscriptions import Subscriptions
from pmi_mcp.resources import offer_resources

if TYPE_CHECKING:
    from fastmcp import FastMCP

    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.venues import Venues

__all__ = ["Live"]


class Live:
    """Subscriptions of clients, and resources with notices.

    Args:
        venues: what may be heard.
        settings: the limits.
    """

    def __init__(self, venues: Venues, settings: ServerSettings) -> None:
        self.subscriptions = Subscriptions(venues, settings)
        self.notices = Notices(venues, settings)
        self._venues = venues
        self._settings = settings

    def offer(self, server: FastMCP[Any]) -> None:
        """Serve the resources, and the notices that they changed."""
        offer_resources(server, self._venues, self._settings, self.notices.watching)
        self.notices.offer(server)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the block ends, which leaves nothing behind."""
        async with self.subscriptions.serving(), self.notices.serving():
            yield
