"""The way to hear notices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import cast

from pmi_core.errors import RequestError
from pmi_core.models import Channel, ConnectionUpdate, Subscription
from pmi_core.streams import Feed
from pmi_provider_kalshi.native.notices import Notified
from pmi_provider_kalshi.streaming.channels import Notice, notice_topic

__all__ = ["Notices"]


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
        topics = {notice_topic(kind): None for kind in kinds}
        heard = self._feed.listen(kept, topics)
        return cast("AbstractAsyncContextManager[AsyncIterator[Notified | ConnectionUpdate]]", heard)
