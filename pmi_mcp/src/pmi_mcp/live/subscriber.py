"""Who calls a tool of live data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmi_mcp.live.client import Client, client_of

if TYPE_CHECKING:
    from fastmcp import Context

    from pmi_mcp.live.subscriptions import Subscriptions
    from pmi_mcp.venues import Venues

__all__ = ["Subscriber"]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What a tool of live data is given as its first argument, made anew for each call."""

    venues: Venues
    subscriptions: Subscriptions
    client: Client

    @classmethod
    def of(cls, subscriptions: Subscriptions, context: Context) -> Subscriber:
        """The one who made this request."""
        client = client_of(context, subscriptions.leave)
        return cls(subscriptions.venues, subscriptions, client)
