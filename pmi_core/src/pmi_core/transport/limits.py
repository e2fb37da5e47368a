"""The rate limits of one opened venue and one key, by name.

A limit has two knobs, burst and rate, with the meaning that ``aiolimiter.AsyncLimiter(burst,
burst / rate)`` gives them, and every call has a cost.  The bucket itself is the project's own,
because the library's lets a stream of cheap calls starve a dear one, shows no level (so what is
left and how long a wait will be could not be told), forgets what was spent when its numbers
change, and reads the loop's time instead of the injected clock.  A test holds the two to the
same schedule.
"""

from __future__ import annotations

from typing import Final

from pmi_core.calls import Budget
from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import SettingsError
from pmi_core.transport.bucket import Bucket, Limit

__all__ = ["LONGEST_WAIT", "Limit", "Limits"]

LONGEST_WAIT: Final = 30.0
"""Seconds that a call waits for its turn, unless told otherwise."""


class Limits:
    """Named buckets; a call spends from exactly one, so reads never delay writes.

    Made before or inside the running loop; used from one loop.

    Args:
        limits: the numbers of every bucket.
        clock: measures and waits.
        longest_wait: seconds that a call waits for its turn before it is told to come back.
    """

    def __init__(
        self, *limits: Limit, clock: Clock | None = None, longest_wait: float = LONGEST_WAIT
    ) -> None:
        self._clock = clock or SystemClock()
        self._longest_wait = longest_wait
        self._buckets: dict[str, Bucket] = {}
        for limit in limits:
            if limit.name in self._buckets:
                raise SettingsError(f"limit {limit.name!r} is given twice")
            self._buckets[limit.name] = Bucket(limit, self._clock)

    @property
    def names(self) -> tuple[str, ...]:
        """The buckets, in the order they were made."""
        return tuple(self._buckets)

    async def acquire(self, bucket: str, cost: float = 1.0, *, longest_wait: float | None = None) -> float:
        """Wait in turn and spend ``cost`` from a bucket; give the seconds waited.

        Raises:
            RequestError: the bucket can never hold that much.
            BusyError: the turn would come too late; ``retry_after`` says when it would come.
        """
        allowed = self._longest_wait if longest_wait is None else min(longest_wait, self._longest_wait)
        return await self._bucket(bucket).acquire(cost, longest_wait=allowed)

    def set(self, bucket: str, *, burst: float, rate: float, available: float | None = None) -> None:
        """Take over the numbers that the venue tells of itself; a new name makes a new bucket.

        Raises:
            SettingsError: a number is not above 0.
        """
        limit = Limit(bucket, burst, rate)
        if bucket not in self._buckets:
            self._buckets[bucket] = Bucket(limit, self._clock)
        self._buckets[bucket].change(limit, available=available)

    def pause(self, bucket: str, seconds: float) -> None:
        """Send nothing on a bucket for ``seconds``, then go on in order, starting from empty."""
        self._bucket(bucket).pause(seconds)

    def refused(self, bucket: str, retry_after: float | None = None) -> float:
        """Note that the venue refused a call as one too many; give the seconds of the pause."""
        return self._bucket(bucket).refused(retry_after)

    def admitted(self, bucket: str) -> None:
        """Note that the venue took a call."""
        self._bucket(bucket).admitted()

    def budgets(self) -> tuple[Budget, ...]:
        """What is left of every limit, right now."""
        return tuple(bucket.budget() for bucket in self._buckets.values())

    def _bucket(self, name: str) -> Bucket:
        try:
            return self._buckets[name]
        except KeyError:
            known = ", ".join(sorted(self._buckets)) or "none"
            raise SettingsError(f"there is no limit {name!r}; known are {known}") from None
