"""Which venues are listened to, for which markets, on which channels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmi_core.errors import RequestError

if TYPE_CHECKING:
    from pmi_core.identifiers import MarketRef
    from pmi_core.models import Channel, Delivery, Market, Subscription, Update
    from pmi_core.plugins.registry import Registry
    from pmi_core.provider import Venue

__all__ = ["Source", "channels_of", "find_sources", "limited"]


@dataclass(frozen=True, slots=True)
class Source:
    """A venue and the markets of it that are wanted."""

    venue: Venue
    refs: tuple[MarketRef, ...]
    has_account: bool | None = None
    """Whether own orders are to be heard; by default where the venue takes orders."""

    def wanted(self, channels: frozenset[Channel], delivery: Delivery | None = None) -> Subscription:
        """The subscription for these channels; every update unless said otherwise."""
        from pmi_core.models import Delivery, Subscription

        return Subscription(
            channels=channels,
            market_refs=self.refs,
            delivery=Delivery.EVERY if delivery is None else delivery,
        )

    @property
    def account(self) -> frozenset[Channel]:
        """Channels of own orders and fills; none where the venue has no account opened."""
        from pmi_core.models import Channel

        has = self.venue.orders is not None if self.has_account is None else self.has_account
        return frozenset({Channel.ORDER, Channel.FILL}) if has else frozenset()

    async def updates(self, wanted: Subscription) -> AsyncIterator[Update]:
        """What the venue says, until it ends the stream."""
        from pmi_core.capabilities import Capability
        from pmi_core.provider import require

        async with require(self.venue.stream, Capability.STREAM, self.venue).subscribe(wanted) as updates:
            async for update in updates:
                yield update

    async def markets(self) -> dict[MarketRef, Market]:
        """The markets, where the venue lists any."""
        if self.venue.markets is None:
            return {}
        return {ref: await self.venue.markets.get_market(ref) for ref in self.refs}


async def find_sources(registry: Registry, references: Sequence[str], venue: str | None) -> list[Source]:
    """The sources of what somebody wrote, in that order.

    Raises:
        PmiError: one of them names no market, or its venue streams nothing.
    """
    from pmi_core.capabilities import Capability
    from pmi_core.provider import require
    from pmi_mcp.addressing import find_market

    found: dict[str, tuple[Venue, list[MarketRef]]] = {}
    for reference in references:
        opened, ref = await find_market(registry, reference, venue)
        require(opened.stream, Capability.STREAM, opened)
        refs = found.setdefault(opened.name, (opened, []))[1]
        if ref.market not in refs:
            refs.append(ref.market)
    sources = [Source(opened, tuple(refs)) for opened, refs in found.values()]
    for source in sources:
        await source.markets()  # says at once which one there is not
    return sources


def channels_of(text: str) -> frozenset[Channel]:
    """Channels from words with commas between them.

    Raises:
        RequestError: a word is no channel, or there is none.
    """
    from pmi_core.models import Channel

    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    known = [channel.value for channel in Channel]
    wrong = [word for word in words if word not in known]
    if wrong or not words:
        named = f"{wrong[0]!r} is no channel" if wrong else "no channel was named"
        raise RequestError(named, hint=f"choose among {', '.join(known)}")
    return frozenset(Channel(word) for word in words)


async def limited(
    sources: Sequence[Source], work: Callable[[Source], Awaitable[None]], seconds: float | None
) -> None:
    """Do the work of all sources at once until all are done, one fails, or the time is over.

    Raises:
        PmiError: the first failure; the others are stopped.
    """
    tasks = [asyncio.ensure_future(work(source)) for source in sources]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
