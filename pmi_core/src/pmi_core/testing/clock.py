"""Time that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, Protocol, TypeVar, runtime_checkable

from pmi_core.clock import Clock

__all__ = ["START", "ManualClock", "MovableClock", "RunningClock"]

START: Final = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""A Monday in trading hours of every venue; the moment at which a manual clock starts."""

Result = TypeVar("Result")

_TURNS: Final = 20
"""Rounds of the loop given to a woken sleeper, enough to reach its next sleep."""


_TURN: Final = 0.01
"""Real seconds between two steps of a running clock, if the machine can keep up."""

_LOOK: Final = 0.25
"""Real seconds after which a long sleeper looks whether time leapt."""


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that a test may move ahead, whether or not it also runs by itself."""

    async def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        ...


class ManualClock:
    """A :class:`pmi_core.clock.Clock` that moves only by :meth:`advance` and :meth:`move_to`.

    Sleepers wake in the order of their deadlines, each at exactly its own moment, and run until
    they sleep again before a later one wakes.

    Args:
        start: aware; the moment at which the clock stands.
        auto: whether a sleep moves the clock itself instead of waiting for the test, for code
            under test that waits out a limit.
    """

    def __init__(self, start: datetime = START, *, auto: bool = False) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware moment; give tzinfo=UTC")
        self._start = self._now = start.astimezone(UTC)
        self._auto = auto
        self._order = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    @property
    def sleeping(self) -> int:
        """How many sleepers wait."""
        return sum(not waiter.done() for _, _, waiter in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        if self._auto:
            await self.advance(seconds)
            return
        waiter = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), waiter))
        await waiter

    async def advance(self, seconds: float) -> None:
        """Let time pass and wake everybody whose moment comes."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        await self.move_to(self._now + timedelta(seconds=seconds))

    async def move_to(self, moment: datetime) -> None:
        """Let time pass until ``moment`` and wake everybody whose moment comes."""
        if moment < self._now:
            raise ValueError(f"time does not run backwards, from {self._now} to {moment}")
        await _settle()  # whoever is about to sleep sleeps before time passes
        while self._sleepers and self._sleepers[0][0] <= moment:
            due, _, waiter = heapq.heappop(self._sleepers)
            if waiter.done():  # the sleeper was cancelled
                continue
            self._now = max(self._now, due)
            waiter.set_result(None)
            await _settle()
        self._now = max(self._now, moment)

    async def wake_next(self) -> bool:
        """Let time pass until the next sleeper wakes; says whether there was one."""
        await _settle()
        waiting = [due for due, _, waiter in self._sleepers if not waiter.done()]
        if not waiting:
            return False
        await self.move_to(max(min(waiting), self._now))
        return True

    async def run(self, work: Awaitable[Result], *, patience: float = 0.01) -> Result:
        """Give the result of ``work``, letting time pass whenever it waits for nothing but time.

        Args:
            work: what to run, as a task of its own.
            patience: real seconds without a result after which the next sleeper is woken.
        """
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=patience)
                if not task.done():
                    await self.wake_next()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        return task.result()

    def set(self, moment: datetime) -> None:
        """Stand at ``moment`` without waking anybody; for tests that run no loop."""
        if moment < self._now:
            raise ValueError(f"time does not run backwards, from {self._now} to {moment}")
        self._now = moment.astimezone(UTC)


class RunningClock:
    """A :class:`pmi_core.clock.Clock` that runs by itself, faster than the machine's, while :meth:`running` is open.

    It goes on by one step each time its loop comes round to it, so a machine that is too busy slows it down
    together with everything that it times: nothing grows old for want of a processor.  Other loops and
    threads may ask it and sleep by it.

    Args:
        speed: seconds of this clock in one of the machine's.
        start: aware; the moment at which the clock begins.
    """

    def __init__(self, speed: float, start: datetime = START) -> None:
        if not speed > 0:
            raise ValueError("a clock runs forward; give a speed above 0")
        self._speed = speed
        self._start = start
        self._passed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        until = self._passed + seconds
        await asyncio.sleep(0)
        while (left := until - self._passed) > 0:  # noqa: ASYNC110 - time may pass in another loop
            await asyncio.sleep(min(max(left / self._speed, _TURN), _LOOK))

    async def advance(self, seconds: float) -> None:
        """Let time pass at once; whoever sleeps that long wakes soon."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._passed += seconds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass for as long as the context is open, in the loop that opened it."""
        going = asyncio.ensure_future(self._run())
        try:
            yield
        finally:
            going.cancel()
            with suppress(asyncio.CancelledError):
                await going

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_TURN)
            self._passed += _TURN * self._speed


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
