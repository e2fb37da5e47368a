"""How far a recording has been played, and the rows at the moments at which they are due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import NamedTuple

from pmi_core.clock import Clock
from pmi_core.errors import RequestError
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
    """The playhead that all subscriptions of a replayed venue share.

    It moves from the moment of the first subscription on.  With a speed a row is due when as much time
    has passed since the first row as then, divided by the speed; without one it is due when it is
    asked for.

    Args:
        recorded: what is played.
        venue: whose rows.
        speed: 2 is twice as fast as it was; None is as fast as the consumer reads.
        clock: gives the passing of time.
    """

    def __init__(self, recorded: Recorded, venue: str, *, speed: float | None, clock: Clock) -> None:
        if speed is not None and not speed > 0:
            raise RequestError(f"a speed of {speed} does not move", hint="give a number above 0, or none")
        self._recorded = recorded
        self._venue = venue
        self._speed = speed
        self._clock = clock
        self._first: datetime | None = None
        self._origin: float | None = None
        self._given = 0
        self.is_open = True

    async def begin(self) -> None:
        """Find the first row; nothing moves yet."""
        async with aclosing(self.rows()) as rows:
            async for played in rows:
                self._first = played.row.said.received_time
                return

    @property
    def is_moving(self) -> bool:
        """Whether somebody has begun to listen."""
        return self._origin is not None

    def move(self) -> None:
        """Begin to play, unless it has begun."""
        if self._origin is None:
            self._origin = self._clock.monotonic()

    def has_passed(self, played: Played) -> bool:
        """Whether a row lies before the playhead."""
        if self._speed is None:
            return played.place < self._given
        return played.row.said.received_time <= self.now()

    def now(self) -> datetime:
        """The moment of the recording that is played; the first row's where there is no speed."""
        assert self._first is not None, "begin() found a row"
        if self._origin is None or self._speed is None:
            return self._first
        return self._first + timedelta(seconds=(self._clock.monotonic() - self._origin) * self._speed)

    async def rows(self) -> AsyncGenerator[Played, None]:
        """All rows from the start; a piece of the recording is in memory at a time."""
        place = 0
        for chunk in self._recorded.chunks:
            for row in await asyncio.to_thread(self._recorded.read, chunk, self._venue):
                yield Played(place, row)
                place += 1

    async def play(self, wanted: Subscription) -> AsyncGenerator[Update, None]:
        """Give what a subscription wants: what stands when it joins, then every row when it is due."""
        late = self.is_moving
        boundary = self._given if self._speed is None else None
        joined = self.now() if self._first is not None else None
        self.move()
        standing = Newest()
        async with aclosing(self._wanted(wanted)) as rows:
            pending = await anext(rows, None)
            while late and pending is not None and joined is not None:
                place, update = pending
                is_past = place < boundary if boundary is not None else update.received_time <= joined
                if not is_past:
                    break
                if isinstance(update, BookUpdate | TickerUpdate | ConnectionUpdate):
                    standing.put(update)
                pending = await anext(rows, None)
            while standing:
                yield standing.take()
            latest = wanted.delivery is Delivery.LATEST and self._speed is not None
            while pending is not None and self.is_open:
                place, update = pending
                await self._until(update.received_time)
                if not latest:
                    self._given = max(self._given, place + 1)
                    yield update
                    pending = await anext(rows, None)
                    continue
                while pending is not None and pending[1].received_time <= self.now():
                    standing.put(pending[1])
                    pending = await anext(rows, None)
                while standing:
                    yield standing.take()

    async def _until(self, moment: datetime) -> None:
        if self._speed is None:
            return
        while self.is_open and (left := (moment - self.now()).total_seconds()) > 0:
            # Never less than the clock can tell apart, or the last bit of time would take forever.
            await self._clock.sleep(max(left / self._speed, 1e-6))

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
