"""Where in a recording the present moment lies."""

from __future__ import annotations

from datetime import datetime, timedelta

from pmi_core.clock import Clock
from pmi_core.errors import RequestError
from pmi_core.history.timeline import Pause, Timeline

__all__ = ["Playhead"]


class Playhead:
    """The moment that is played, which all subscriptions of a replayed venue share.

    It moves from the first subscription on: by the clock where there is a speed, else with what is read.

    Args:
        timeline: the moments that there are.
        speed: 2 is twice as fast as it was; None is as fast as the consumer reads.
        clock: gives the passing of time.
    """

    def __init__(self, timeline: Timeline, *, speed: float | None, clock: Clock) -> None:
        if speed is not None and not speed > 0:
            raise RequestError(f"a speed of {speed} does not move", hint="give a number above 0, or none")
        self.timeline = timeline
        self.speed = speed
        self._clock = clock
        self._origin: float | None = None
        self._reached = timeline.first

    @property
    def is_moving(self) -> bool:
        """Whether somebody has begun to listen."""
        return self._origin is not None

    def move(self) -> None:
        """Begin to play, unless it has begun."""
        if self._origin is None:
            self._origin = self._clock.monotonic()

    def reach(self, moment: datetime) -> None:
        """A row of this moment is given."""
        self._reached = max(self._reached, moment)

    @property
    def _played(self) -> timedelta:
        if self._origin is None or self.speed is None:
            return timedelta()
        return timedelta(seconds=(self._clock.monotonic() - self._origin) * self.speed)

    def now(self) -> datetime:
        """The moment of the recording that is played; without a speed that of the newest row given."""
        return self._reached if self.speed is None else self.timeline.moment(self._played)

    async def until(self, moment: datetime) -> bool:
        """Wait until a moment is due, or part of the way; says whether it is."""
        if self.speed is None:
            return True
        left = (self.timeline.played(moment) - self._played).total_seconds()
        if left > 0:
            # Never less than the clock can tell apart, or the last bit of time would take forever.
            await self._clock.sleep(max(left / self.speed, 1e-6))
        return left <= 0

    @property
    def progress(self) -> float:
        """How much was played, from 0 to 1; 1 where the end is not known."""
        length = self.timeline.length
        return min(self.timeline.played(self.now()) / length, 1.0) if length else 1.0

    @property
    def pause(self) -> Pause | None:
        """The pause that is played now and whose rest is left out."""
        return None if self.speed is None else self.timeline.pause_at(self.now())
