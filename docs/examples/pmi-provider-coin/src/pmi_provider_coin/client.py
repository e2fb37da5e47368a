"""The way to the venue: addresses, limits, decoding."""

from __future__ import annotations

from typing import TypeVar

from pmi_core import NotFound, OpenContext
from pmi_core.transport.codec import decode
from pmi_core.transport.http import HttpClient
from pmi_core.transport.limits import Limit, Limits

__all__ = ["CoinClient"]

Wire = TypeVar("Wire")


class CoinClient:
    """Asks the venue and reads its answers; failures arrive in neutral words already."""

    def __init__(self, context: OpenContext) -> None:
        self.name = context.name
        self.now = context.clock.now
        self.http = HttpClient(
            context.settings.url,
            venue=context.name,
            limits=Limits(Limit("read", burst=10, rate=5), clock=context.clock),
            clock=context.clock,
            transport=context.transport,
            on_call=context.on_call,
        )

    async def read(self, kind: type[Wire], path: str, *, capability: str, **params: str | int | None) -> Wire:
        """Ask, and read the answer as ``kind``."""
        body = await self.http.get(path, params=params, capability=capability)
        return decode(kind, body, venue=self.name, capability=capability)

    async def read_flip(self, kind: type[Wire], native: str, *parts: str, capability: str) -> Wire:
        """Ask for something of one toss.

        Raises:
            NotFound: there is no such toss; the message names it.
        """
        try:
            return await self.read(kind, "/".join(("/flips", native, *parts)), capability=capability)
        except NotFound:
            raise NotFound(f"{self.name} tosses no coin {native!r}", venue=self.name) from None
