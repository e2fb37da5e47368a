"""Time that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, Protocol, TypeVar, runtime_checkable

from pmi_core.clock import Clock

__all__ = ["START", "ManualClock", "MovableClock"]

START: Final = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""A Monday in trading hours of every venue; the moment at which a manual clock starts."""

Result = TypeVar("Result")

_TURNS: Final = 20
"""Rounds of the loop given to a woken sleeper, enough to reach its next sleep."""


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


async def _settle() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
