"""One subscription of a client: a venue's stream, read without pause into an inbox."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from pmi_core.capabilities import Capability, UpdateStream
from pmi_core.errors import PmiError, SequenceGap
from pmi_core.models import Subscription
from pmi_mcp.failures import describe, describe_unforeseen
from pmi_mcp.live.inbox import Inbox

if TYPE_CHECKING:
    from pmi_mcp.venues import Venues

__all__ = ["Following"]

_log = logging.getLogger(__name__)

_AGAIN = 1.0
"""Seconds before a stream that lost updates is opened again."""


class Following:
    """Hears a venue until it is closed; a client that never reads holds it up in nothing.

    Args:
        venues: opens the venue.
        venue: its configured name.
        wanted: what to hear.
        room: events kept for the client.
    """

    def __init__(self, venues: Venues, venue: str, wanted: Subscription, room: int) -> None:
        self._venues = venues
        self.venue = venue
        self.wanted = wanted
        self.started: datetime = venues.clock.now()
        self.inbox = Inbox(wanted.market_refs, room)
        self.error: PmiError | None = None
        """Why it ended, where that is an error of the tree."""
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to hear.

        Raises:
            PmiError: the venue cannot be heard, or knows none of what is wanted.
        """
        self.start()
        try:
            await self._venues.wait(self.venue, asyncio.shield(self._opened))
        except BaseException:
            await self.aclose()
            raise

    def start(self) -> None:
        """Begin to hear in the background; that it fails shows in the inbox."""
        # Nothing of the call that subscribed stays with what outlives it.
        self._task = asyncio.create_task(self._hear(), context=contextvars.Context())

    async def ended(self) -> None:
        """Wait until nothing more will come."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def aclose(self) -> None:
        """Stop hearing; may be called twice."""
        self.inbox.close("it was ended")
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if not self._opened.done():
            self._opened.cancel()

    async def _hear(self) -> None:
        try:
            stream: UpdateStream = await self._venues.part(self.venue, Capability.STREAM)
            while not await self._listen(stream):
                await self._venues.clock.sleep(_AGAIN)
            self.inbox.close("the venue ended it")
        except PmiError as error:
            self.error = error
            self._fail(error, str(describe(error)["message"]))
        except Exception as error:  # noqa: BLE001 - a fault must reach the log, and the client as a sentence
            _log.error("a subscription failed", exc_info=error)
            self._fail(error, str(describe_unforeseen(error)["message"]))

    async def _listen(self, stream: UpdateStream) -> bool:
        """Hear one stream; False if updates were lost and it is worth opening another."""
        try:
            async with stream.subscribe(self.wanted) as updates:
                if not self._opened.done():
                    self._opened.set_result(None)
                async for update in updates:
                    self.inbox.put(update)
        except SequenceGap as gap:
            self.inbox.lose(str(describe(gap)["message"]), self._venues.clock.now())
            return False
        return True

    def _fail(self, error: Exception, reason: str) -> None:
        self.inbox.close(reason)
        if not self._opened.done():
            self._opened.set_exception(error)
            self._opened.exception()  # whoever waits is told, and nobody else need be
