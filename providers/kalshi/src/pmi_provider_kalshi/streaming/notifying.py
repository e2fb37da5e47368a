"""The way to hear notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final, cast

from pmi_core.errors import RequestError
from pmi_core.identifiers import MarketRef
from pmi_core.models import Channel, ConnectionUpdate, Subscription
from pmi_core.streams import Feed
from pmi_core.transport.socket import Topic
from pmi_provider_kalshi.native.notices import Notified
from pmi_provider_kalshi.streaming.channels import Notice, notice_topic

__all__ = ["Notices", "begun"]

_LONGEST: Final = 10.0
"""Seconds that entering a subscription waits for the venue's confirmation at most."""


async def begun(feed: Feed, topics: Collection[Topic]) -> None:
    """Wait for a subscription to be under way, so that what happens after entering it is heard.

    Where the venue is away or does not answer, the subscription says so itself.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST):
            await feed.begun(topics)


class Notices:
    """What the venue's stream tells beyond the neutral channels."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def listen(
        self, *kinds: Notice, buffer: int = 10_000
    ) -> AbstractAsyncContextManager[AsyncIterator[Notified | ConnectionUpdate]]:
        """Hear notices of these kinds: ``async with notices.listen(Notice.GROUPS) as told``.

        Connection updates say how the stream stands; a consumer that is too slow gets SequenceGap.

        Args:
            kinds: at least one.
            buffer: notices that are kept for a slow consumer.

        Raises:
            RequestError: no kind is named, or the venue is closed.
        """
        if not kinds:
            raise RequestError("name the notices to hear", capability="stream")
        # The feed shares out whatever is published to its topics; a subscription only says how to keep it.
        kept = Subscription(channels=frozenset({Channel.LIFECYCLE}), buffer=buffer)
        topics: dict[Topic, MarketRef | None] = {notice_topic(kind): None for kind in kinds}
        return self._listen(kept, topics)

    @asynccontextmanager
    async def _listen(
        self, kept: Subscription, topics: dict[Topic, MarketRef | None]
    ) -> AsyncIterator[AsyncIterator[Notified | ConnectionUpdate]]:
        async with self._feed.listen(kept, topics) as heard:
            await begun(self._feed, topics)
            yield cast("AsyncIterator[Notified | ConnectionUpdate]", heard)
