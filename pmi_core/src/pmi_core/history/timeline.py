"""The moments of a recording, with its long pauses shortened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

__all__ = ["Pause", "Timeline"]


class Pause(NamedTuple):
    """A time in which nothing was recorded."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """From the row before it to the row after it."""
        return self.end - self.start


class Timeline:
    """Turns the time that was played into a moment of the recording, and back.

    Of a pause longer than ``longest`` only that much is played; then the recording is at its end.

    Args:
        first: the moment of the first row.
        moments: those of all rows in order; none where no pause is to be shortened.
        longest: what is played of a pause; None plays every pause in full.
    """

    def __init__(
        self, first: datetime, moments: Iterable[datetime] = (), longest: timedelta | None = None
    ) -> None:
        self.first = before = first
        self.jumped: list[Pause] = []
        """The pauses that are shortened."""
        self._left_out = [timedelta()]
        """After so many of them."""
        self._longest = longest or timedelta()
        for moment in moments:
            if longest is not None and moment - before > longest:
                self.jumped.append(Pause(before, moment))
                self._left_out.append(self._left_out[-1] + (moment - before - longest))
            before = max(before, moment)
        self.last = before if longest is not None else None
        """The moment of the last row; None where nobody looked for it."""
        self._starts = [pause.start + self._longest for pause in self.jumped]
        self._jumps = [
            start - first - left for start, left in zip(self._starts, self._left_out, strict=False)
        ]

    @property
    def length(self) -> timedelta:
        """How long it plays at the speed at which it was recorded; zero where the end is not known."""
        return timedelta() if self.last is None else self.played(self.last)

    def moment(self, played: timedelta) -> datetime:
        """The moment of the recording after so much time was played; the last one after its end."""
        moment = self.first + played + self._left_out[bisect_right(self._jumps, played)]
        return moment if self.last is None else min(moment, self.last)

    def played(self, moment: datetime) -> timedelta:
        """How much must be played until this moment, which lies in nothing that is left out."""
        after = bisect_right(self._starts, moment)
        if after and moment < self.jumped[after - 1].end:
            return self._jumps[after - 1]
        return moment - self.first - self._left_out[after]

    def pause_at(self, moment: datetime) -> Pause | None:
        """The pause of which the rest will be left out; None where none is played at this moment."""
        for pause in self.jumped[bisect_right(self._starts, moment) :][:1]:
            if pause.start < moment:
                return pause
        return None
