"""One rate limit: what may be spent at once, what flows back, and the queue before it."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Final

from pmi_core.calls import Budget
from pmi_core.clock import Clock
from pmi_core.errors import BusyError, RequestError, SettingsError

__all__ = ["Bucket", "Limit"]

_GRAIN: Final = 2e-6
"""Seconds that a clock may round away; a call that lacks less than this much refill goes."""
_FIRST_STRIKE: Final = 0.5
_LONGEST_STRIKE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Limit:
    """The numbers of one bucket.

    Raises:
        SettingsError: a number is not above 0, or not finite.
    """

    name: str
    burst: float
    """Cost units that may be spent at once."""
    rate: float
    """Cost units that flow back per second."""

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) and number > 0 for number in (self.burst, self.rate)):
            raise SettingsError(
                f"limit {self.name!r} needs a burst and a rate above 0, not {self.burst} and {self.rate}"
            )


class Bucket:
    """A weighted bucket with a queue: in any stretch of ``t`` seconds, at most burst + rate * t.

    Whoever asks first goes first, whatever it costs; only the head of the queue watches the clock.
    A caller that is cancelled gives its place back and has spent nothing.
    """

    def __init__(self, limit: Limit, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._level = limit.burst
        self._as_of = clock.monotonic()
        self._paused_until = -math.inf
        self._strikes = 0
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._queued = 0.0

    async def acquire(self, cost: float, *, longest_wait: float) -> float:
        """Spend ``cost``, waiting for it if need be; give the seconds waited.

        Raises:
            RequestError: the bucket can never hold that much.
            BusyError: the turn would come later than in ``longest_wait`` seconds; nothing is spent.
        """
        self._refuse_impossible(cost)
        start = now = self._clock.monotonic()
        if not self._waiting and self._wait_of_head(cost, now) <= 0.0:
            self._level -= cost
            return 0.0
        wait = self._wait_of_newcomer(cost, now)
        if wait > longest_wait:
            raise self._busy(wait)
        self._waiting += 1
        self._queued += cost
        try:
            async with self._turn:
                while (wait := self._wait_of_head(cost, now := self._clock.monotonic())) > 0.0:
                    if now + wait > start + longest_wait + _GRAIN:
                        raise self._busy(wait)
                    await self._clock.sleep(wait)
                    self._refuse_impossible(cost)
                self._level -= cost
                return now - start
        finally:
            self._waiting -= 1
            self._queued -= cost

    def change(self, limit: Limit, *, available: float | None = None) -> None:
        """Take over numbers learned from the venue; what was spent stays spent.

        Args:
            limit: the numbers from now on.
            available: what the venue says is left, where it says so.
        """
        self._refill(self._clock.monotonic())
        spent = self.limit.burst - self._level
        level = limit.burst - spent if available is None else available
        self.limit = limit
        self._level = min(max(level, 0.0), limit.burst)

    def pause(self, seconds: float) -> None:
        """Send nothing for ``seconds``, and start from empty: the venue's own bucket is."""
        if not math.isfinite(seconds):
            raise RequestError(f"a pause of {seconds} seconds has no end")
        now = self._clock.monotonic()
        self._refill(now)
        self._level = min(self._level, 0.0)
        self._paused_until = max(self._paused_until, now + seconds)

    def refused(self, retry_after: float | None) -> float:
        """Note that the venue refused a call as one too many; give the pause that follows.

        Where the venue names no pause, it doubles from half a second with every refusal in a
        row.  Refusals of calls that were under way when the pause began do not count again.
        """
        now = self._clock.monotonic()
        if self._paused_until <= now:
            strike = min(_FIRST_STRIKE * 2.0**self._strikes, _LONGEST_STRIKE)
            self._strikes = min(self._strikes + 1, 32)
            self.pause(strike if retry_after is None else retry_after)
        elif retry_after is not None:
            self.pause(retry_after)
        return max(self._paused_until - now, 0.0)

    def admitted(self) -> None:
        """Note that the venue took a call, which ends a row of refusals."""
        if self._strikes and self._paused_until <= self._clock.monotonic():
            self._strikes = 0

    def budget(self) -> Budget:
        """What is left right now."""
        now = self._clock.monotonic()
        self._refill(now)
        return Budget(
            name=self.limit.name,
            capacity=self.limit.burst,
            rate=self.limit.rate,
            available=0.0 if now < self._paused_until else max(self._level, 0.0),
            waiting=self._waiting,
        )

    def _refill(self, now: float) -> None:
        self._level = min(self.limit.burst, self._level + (now - self._as_of) * self.limit.rate)
        self._as_of = now

    def _wait_of_head(self, cost: float, now: float) -> float:
        """Seconds until the first in the queue may go; 0 when it may go now."""
        self._refill(now)
        refill = (cost - self._level) / self.limit.rate
        wait = max(refill, self._paused_until - now)
        return wait if wait > _GRAIN else 0.0

    def _wait_of_newcomer(self, cost: float, now: float) -> float:
        """Seconds until a call would go that joins the queue now."""
        pause = max(self._paused_until - now, 0.0)
        level = min(self.limit.burst, self._level + pause * self.limit.rate)
        return pause + max((self._queued + cost - level) / self.limit.rate, 0.0)

    def _refuse_impossible(self, cost: float) -> None:
        if not 0.0 <= cost <= self.limit.burst:
            raise RequestError(
                f"a call that costs {cost:g} can never pass limit {self.limit.name!r}, which holds {self.limit.burst:g}",
                hint="ask for less at once",
            )

    def _busy(self, wait: float) -> BusyError:
        return BusyError(
            f"limit {self.limit.name!r} is used up for {wait:.1f} s and {self._waiting} calls wait for it",
            hint="ask again later, or for less",
            retry_after=wait,
        )
