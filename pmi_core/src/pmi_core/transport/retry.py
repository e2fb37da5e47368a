"""When a call may be repeated, and how long to wait before."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Final, TypeVar

from pmi_core.clock import Clock
from pmi_core.errors import BusyError, PmiError, SettingsError, Unreachable, VenueError

__all__ = ["NEVER", "RetryPolicy", "read_retry_after", "repeat"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long a harmless call is repeated: exponential, with full jitter.

    The pause after attempt ``n`` is drawn evenly from 0 to ``first * 2 ** (n - 1)`` seconds, never
    above ``longest``.  Where the venue names a pause, that pause is kept and the draw comes on top.

    Raises:
        SettingsError: a number makes no sense.
    """

    attempts: int = 4
    """Calls at most, the first one included."""
    budget: float = 30.0
    """Seconds from the first attempt's start that all attempts and pauses share."""
    first: float = 0.25
    longest: float = 8.0

    def __post_init__(self) -> None:
        times = (self.budget, self.first, self.longest)
        if self.attempts < 1 or not all(math.isfinite(time) and time >= 0 for time in times):
            raise SettingsError(
                "a retry policy has at least one attempt and finite times of at least 0 seconds"
            )

    def pause(self, error: PmiError, *, attempt: int, spent: float, random: Random) -> float | None:
        """Seconds to wait after a failed attempt, or None to give up.

        Args:
            error: why the attempt failed.
            attempt: number of the failed attempt, from 1.
            spent: seconds since the first attempt's start.
            random: where the jitter comes from.
        """
        if attempt >= self.attempts or not is_passing(error):
            return None
        pause = random.uniform(0.0, min(self.longest, self.first * 2.0 ** min(attempt - 1, 60)))
        if isinstance(error, BusyError) and error.retry_after is not None:
            pause += error.retry_after
        return pause if spent + pause < self.budget else None


NEVER: Final = RetryPolicy(attempts=1)
"""One attempt, whatever happens."""


def is_passing(error: PmiError) -> bool:
    """Whether the same call may go well a moment later.

    A wrong question, a wrong key and an answer that makes no sense do not pass by themselves.
    """
    return isinstance(error, Unreachable | BusyError) or type(error) is VenueError


async def repeat(
    call: Callable[[float], Awaitable[Result]], *, policy: RetryPolicy, clock: Clock, random: Random
) -> Result:
    """Call until it goes well or the policy gives up; then the last error is raised.

    Args:
        call: makes one attempt; is given the seconds that are left of the budget.
        policy: how often and how long.
        clock: measures the budget and waits out the pauses.
        random: where the jitter comes from.
    """
    start = clock.monotonic()
    attempt = 1
    while True:
        left = policy.budget - (clock.monotonic() - start)
        try:
            return await call(left)
        except PmiError as error:
            pause = policy.pause(error, attempt=attempt, spent=clock.monotonic() - start, random=random)
            if pause is None:
                raise
        await clock.sleep(pause)
        attempt += 1


def read_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Read a ``Retry-After`` header: seconds, or an HTTP date counted from ``now``.

    None where there is no header or it says nothing usable; never negative.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max((moment - now).total_seconds(), 0.0)
    return max(seconds, 0.0) if math.isfinite(seconds) else None
