"""The rows of a recording, at the moments at which they are due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import NamedTuple

from pmi_core.history.playhead import Playhead
from pmi_core.history.reader import Recorded
from pmi_core.history.rows import MarketSeen, Row, channel_of, concerned
from pmi_core.models import BookUpdate, ConnectionUpdate, Delivery, Subscription, TickerUpdate, Update
from pmi_core.streams.newest import Newest

__all__ = ["Played", "Player"]


class Played(NamedTuple):
    """A row and its place among all rows of its venue."""

    place: int
    row: Row


class Player:
    """Plays the rows of one venue to every subscription, at the moment of one playhead.

    With a speed a row is due when as much time has passed since the first row as then, divided by the
    speed; without one it is due when it is asked for.

    Args:
        recorded: what is played.
        venue: whose rows.
        playhead: gives the moment.
    """

    def __init__(self, recorded: Recorded, venue: str, playhead: Playhead) -> None:
        self._recorded = recorded
        self._venue = venue
        self.playhead = playhead
        self._given = 0
        self.is_open = True

    def has_passed(self, played: Played) -> bool:
        """Whether a row lies before the playhead."""
        if self.playhead.speed is None:
            return played.place < self._given
        return played.row.said.received_time <= self.playhead.now()

    async def rows(self) -> AsyncGenerator[Played, None]:
        """All rows from the start; a piece of the recording is in memory at a time."""
        place = 0
        for chunk in self._recorded.chunks:
            for row in await asyncio.to_thread(self._recorded.read, chunk, self._venue):
                yield Played(place, row)
                place += 1

    async def play(self, wanted: Subscription) -> AsyncGenerator[Update, None]:
        """Give what a subscription wants: what stands when it joins, then every row when it is due."""
        playhead = self.playhead
        late = playhead.is_moving
        boundary = self._given if playhead.speed is None else None
        joined = playhead.now()
        playhead.move()
        standing = Newest()
        async with aclosing(self._wanted(wanted)) as rows:
            pending = await anext(rows, None)
            while late and pending is not None:
                place, update = pending
                is_past = place < boundary if boundary is not None else update.received_time <= joined
                if not is_past:
                    break
                if isinstance(update, BookUpdate | TickerUpdate | ConnectionUpdate):
                    standing.put(update)
                pending = await anext(rows, None)
            while standing:
                yield standing.take()
            latest = wanted.delivery is Delivery.LATEST and playhead.speed is not None
            while pending is not None and self.is_open:
                place, update = pending
                await self._until(update.received_time)
                if not latest:
                    playhead.reach(update.received_time)
                    self._given = max(self._given, place + 1)
                    yield update
                    pending = await anext(rows, None)
                    continue
                while pending is not None and pending[1].received_time <= playhead.now():
                    standing.put(pending[1])
                    pending = await anext(rows, None)
                while standing:
                    yield standing.take()

    async def _until(self, moment: datetime) -> None:
        while self.is_open and not await self.playhead.until(moment):
            pass

    async def _wanted(self, wanted: Subscription) -> AsyncGenerator[tuple[int, Update], None]:
        refs = frozenset(ref.market for ref in wanted.market_refs)
        async with aclosing(self.rows()) as rows:
            async for place, row in rows:
                said = row.said
                if isinstance(said, MarketSeen):
                    continue
                channel = channel_of(said)
                if channel is not None and channel not in wanted.channels:
                    continue
                about = concerned(said)
                if not refs or not about or not refs.isdisjoint(about):
                    yield place, said
