from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from pmi_core.testing.clock import START, ManualClock, MovableClock, RunningClock

pytestmark = pytest.mark.anyio


async def test_sleepers_wake_in_the_order_of_their_moments() -> None:
    clock = ManualClock()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper("late", 9))
        tasks.create_task(sleeper("early", 2.5))
        tasks.create_task(sleeper("twin", 2.5))
        await clock.advance(10)
    assert woken == [("early", 2.5), ("twin", 2.5), ("late", 9)]
    assert clock.now() == START + timedelta(seconds=10)


async def test_a_sleeper_that_sleeps_again_wakes_within_the_same_move() -> None:
    clock = ManualClock()
    ticks: list[float] = []

    async def ticker() -> None:
        for _ in range(3):
            await clock.sleep(1)
            ticks.append(clock.monotonic())

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ticker())
        await clock.advance(3)
    assert ticks == [1, 2, 3]


async def test_nobody_wakes_early_and_a_cancelled_sleeper_is_forgotten() -> None:
    clock = ManualClock()
    task = asyncio.create_task(clock.sleep(5))
    await clock.advance(4.9)
    assert not task.done()
    assert clock.sleeping == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await clock.advance(1)
    assert clock.sleeping == 0


async def test_an_automatic_clock_moves_by_sleeping() -> None:
    clock = ManualClock(auto=True)
    await clock.sleep(30)
    assert clock.monotonic() == 30


async def test_time_never_runs_backwards() -> None:
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="backwards"):
        await clock.move_to(datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="backwards"):
        await clock.advance(-1)
    with pytest.raises(ValueError, match="backwards"):
        clock.set(datetime(2026, 2, 1, tzinfo=UTC))


async def test_a_start_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 3, 1))  # noqa: DTZ001


async def test_running_work_lets_time_pass_only_while_it_waits() -> None:
    clock = ManualClock()

    async def work() -> float:
        await clock.sleep(60)
        await asyncio.sleep(0.02)
        await clock.sleep(30)
        return clock.monotonic()

    assert await clock.run(work()) == 90
    assert clock.sleeping == 0


async def test_an_abandoned_run_leaves_no_task_behind() -> None:
    clock = ManualClock()
    stopped = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03):
            await clock.run(work())
    assert stopped.is_set()


async def test_a_running_clock_runs_ahead_and_wakes_sleepers_after_their_time() -> None:
    clock = RunningClock(50)
    assert isinstance(clock, MovableClock)
    async with clock.running():
        await clock.sleep(5)
        assert clock.monotonic() >= 5
        assert clock.now() >= START + timedelta(seconds=5)
    stood = clock.monotonic()
    await asyncio.sleep(0.05)
    assert clock.monotonic() == stood


async def test_a_blocked_loop_lets_no_time_pass_for_a_running_clock() -> None:
    clock = RunningClock(1000)
    async with clock.running():
        await asyncio.sleep(0)
        until = time.perf_counter() + 0.2
        while time.perf_counter() < until:
            pass
        await asyncio.sleep(0)
        assert clock.monotonic() <= 20


async def test_a_running_clock_leaps_when_told() -> None:
    clock = RunningClock(1)
    sleeping = asyncio.ensure_future(clock.sleep(3600))
    await asyncio.sleep(0)
    await clock.advance(3599)
    assert not sleeping.done()
    await clock.advance(1)
    await asyncio.wait_for(sleeping, 30)
    with pytest.raises(ValueError, match="backwards"):
        await clock.advance(-1)
    with pytest.raises(ValueError, match="speed"):
        RunningClock(0)
