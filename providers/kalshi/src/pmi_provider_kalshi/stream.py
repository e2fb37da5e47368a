"""Live updates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, cast

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.identifiers import MarketRef
from pmi_core.models import Channel, Subscription, Update
from pmi_core.streams import Feed
from pmi_core.transport.signing import Signer
from pmi_core.transport.socket import SocketClient, topics_of
from pmi_provider_kalshi.archive import Archive
from pmi_provider_kalshi.errors import placed, read_error
from pmi_provider_kalshi.memory import OrderMemory
from pmi_provider_kalshi.streaming.bookkeeper import SCALE
from pmi_provider_kalshi.streaming.channels import Notice
from pmi_provider_kalshi.streaming.dialect import KalshiDialect
from pmi_provider_kalshi.streaming.labels import LabelBook
from pmi_provider_kalshi.streaming.notifying import Notices, begun
from pmi_provider_kalshi.streaming.teller import Teller

__all__ = ["Stream"]

_CAPABILITY: Final = Capability.STREAM
_PER_SOCKET: Final = 500
"""Topics a connection; the venue limits the markets of a subscription, and does not say to how many."""
_SOCKETS: Final = 200
"""Connections an account may hold, of the lowest tier (docs.kalshi.com, rate limits, June 2026)."""


class Stream:
    """The slot ``stream``.

    Nothing is opened before the first subscription.  Everything that several subscriptions want is
    asked for once.

    Args:
        url: where the venue's stream is.
        signer: proves every handshake; the venue streams nothing without a key.
        archive: where markets are looked up, because the stream is silent on unknown ones.
        memory: the words in which this program's orders were given.
        subaccount: whose orders, fills and positions are told; None for all that the key may see.
        clock: measures silence and stamps what is received.
        venue: the configured venue's name.
    """

    def __init__(
        self,
        url: str,
        *,
        signer: Signer,
        archive: Archive,
        memory: OrderMemory,
        subaccount: int | None,
        clock: Clock,
        venue: str,
    ) -> None:
        self._venue = venue
        self._labels = LabelBook(archive, clock, venue)
        self._feed = Feed(venue=venue, clock=clock, scale=SCALE)
        teller = Teller(self._feed, memory, self._labels, subaccount, venue)
        client = SocketClient(
            url,
            venue=venue,
            dialect=lambda ears: KalshiDialect(ears, teller, archive.faults),
            hear=self._feed.hear,
            signer=signer,
            clock=clock,
            per_socket=_PER_SOCKET,
            sockets=_SOCKETS,
            read_error=read_error,
        )
        self._feed.join(client, cast("tuple[Channel, ...]", (*Channel, *Notice)))
        self.notices = Notices(self._feed)
        """What the venue tells beyond the neutral channels."""

    def subscribe(self, subscription: Subscription) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        """Open a subscription, as :class:`pmi_core.capabilities.UpdateStream` promises.

        Account channels tell of the whole account, or of the subaccount in the settings, whatever
        markets are named.

        Raises:
            NotFound: the venue knows no such market.
        """
        return self._subscribe(subscription)

    @asynccontextmanager
    async def _subscribe(self, subscription: Subscription) -> AsyncIterator[AsyncIterator[Update]]:
        refs = tuple(dict.fromkeys(ref.market for ref in subscription.market_refs))
        await self._learn(refs)
        wanted = subscription.model_copy(update={"market_refs": refs})
        topics = topics_of(wanted)
        async with self._feed.listen(wanted, topics) as updates:
            await begun(self._feed, topics)
            yield updates

    @placed(_CAPABILITY)
    async def _learn(self, refs: tuple[MarketRef, ...]) -> None:
        """Look the markets up, because the stream is silent on unknown ones."""
        await self._labels.learn([ref.at(self._venue) for ref in refs], capability=_CAPABILITY)

    async def aclose(self) -> None:
        """End every subscription and connection."""
        await self._feed.aclose()
