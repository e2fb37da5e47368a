"""All subscriptions of a server: whose they are, how many there may be, and when they end."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pmi_core.errors import NotFound, RequestError
from pmi_core.models import Subscription
from pmi_core.numbers import counted
from pmi_mcp.live.client import Client
from pmi_mcp.live.following import Following

if TYPE_CHECKING:
    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.venues import Venues

__all__ = ["Subscriptions", "Taken"]


@dataclass(slots=True, eq=False)
class Taken:
    """A subscription that a client took out."""

    id: str
    owner: Client
    following: Following
    touched: float
    """When it was read last, by the clock's own count."""
    readers: int = 0
    """Calls that read it now."""
    expiry: asyncio.Task[None] | None = field(default=None, repr=False)


class Subscriptions:
    """Keeps what clients subscribed to, until they end it, go, or stop reading where none sees them go.

    Args:
        venues: opens venues and gives the time.
        settings: the limits.
    """

    def __init__(self, venues: Venues, settings: ServerSettings) -> None:
        self.venues = venues
        self.settings = settings
        self._taken: dict[str, Taken] = {}
        self._opening: dict[str, tuple[Client, int]] = {}
        """What is being opened, which counts too: its client, and its markets."""

    async def open(self, client: Client, venue: str, wanted: Subscription) -> Taken:
        """Subscribe for a client; the venue is heard when this returns.

        Raises:
            RequestError: the client, or the server, has as many as there may be.
            PmiError: the venue cannot be heard.
        """
        self._check(client, len(wanted.market_refs))
        name = secrets.token_urlsafe(12)
        self._opening[name] = (client, len(wanted.market_refs))
        try:
            following = Following(self.venues, venue, wanted, self.settings.live_events)
            await following.open()
        finally:
            del self._opening[name]
        taken = self._taken[name] = Taken(name, client, following, self.venues.clock.monotonic())
        if client.leaves_unseen:
            taken.expiry = asyncio.create_task(self._expire(taken), context=contextvars.Context())
        return taken

    def find(self, client: Client, name: str) -> Taken:
        """A subscription of this client.

        Raises:
            NotFound: it has none of this id, or has it no more.
        """
        taken = self._taken.get(name.strip())
        if taken is None or taken.owner != client:
            raise NotFound(
                "this client has no such subscription",
                hint="subscribe again; over HTTP a subscription ends when it is not read for "
                + counted(self.settings.live_minutes, "minute"),
                capability="stream",
            )
        return taken

    def of(self, client: Client) -> tuple[Taken, ...]:
        """Those of a client that can be told from others, oldest first."""
        if not client.is_known:
            return ()
        return tuple(taken for taken in self._taken.values() if taken.owner == client)

    @contextlib.contextmanager
    def reading(self, taken: Taken) -> Iterator[None]:
        """While the block runs, and some minutes after it, the subscription counts as read."""
        taken.readers += 1
        try:
            yield
        finally:
            taken.readers -= 1
            taken.touched = self.venues.clock.monotonic()

    async def close(self, taken: Taken) -> None:
        """End a subscription; may be called twice."""
        self._taken.pop(taken.id, None)
        if taken.expiry is not None and taken.expiry is not asyncio.current_task():
            taken.expiry.cancel()
        await taken.following.aclose()

    async def leave(self, client: Client) -> None:
        """End everything of a client that is gone."""
        await asyncio.gather(*(self.close(taken) for taken in self.of(client)))

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the block ends, which ends every subscription."""
        try:
            yield
        finally:
            await asyncio.gather(*(self.close(taken) for taken in list(self._taken.values())))

    def _check(self, client: Client, markets: int) -> None:
        counts = [(taken.owner, len(taken.following.wanted.market_refs)) for taken in self._taken.values()]
        counts += self._opening.values()
        mine = [count for owner, count in counts if client.is_known and owner == client]
        settings = self.settings
        if len(mine) >= settings.live_subscriptions:
            raise RequestError(
                f"this client has {counted(len(mine), 'subscription')}, and no more are allowed",
                code="live_subscriptions",
                hint="end one with unsubscribe; a person can raise live_subscriptions in [mcp]",
            )
        if sum(mine) + markets > settings.live_markets:
            raise RequestError(
                f"{counted(sum(mine), 'market')} subscribed to already, and {markets} more, are more than the"
                f" {settings.live_markets} that one client may follow",
                code="live_markets",
                hint="name fewer markets, or end a subscription; a person can raise live_markets in [mcp]",
            )
        if len(counts) >= settings.live_total:
            raise RequestError(
                "the server serves as many subscriptions as it may",
                code="live_total",
                hint="try again when others have ended theirs; a person can raise live_total in [mcp]",
            )

    async def _expire(self, taken: Taken) -> None:
        clock = self.venues.clock
        patience = self.settings.live_minutes * 60.0
        while True:
            left = patience if taken.readers else taken.touched + patience - clock.monotonic()
            if left <= 0:
                break
            await clock.sleep(left)
        await self.close(taken)
