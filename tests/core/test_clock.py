"""The machine's clock says aware UTC and does not wait for the past."""

from __future__ import annotations

from datetime import UTC, timedelta

import anyio
import pytest

from pmi_core import SystemClock

pytestmark = pytest.mark.anyio


def test_now_is_aware_and_utc():
    first, second = SystemClock().now(), SystemClock().now()
    assert first.tzinfo is UTC
    assert timedelta(0) <= second - first < timedelta(minutes=1)


def test_monotonic_never_runs_backwards():
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


async def test_sleep_waits_and_lets_others_run():
    clock = SystemClock()
    order = []

    async def other():
        order.append("other")

    async with anyio.create_task_group() as group:
        group.start_soon(other)
        before = clock.monotonic()
        await clock.sleep(0.02)
        order.append("slept")
    assert clock.monotonic() - before >= 0.015
    assert order == ["other", "slept"]


@pytest.mark.parametrize("seconds", [0, -1, -1e9])
async def test_the_past_is_not_waited_for(seconds):
    with anyio.fail_after(1):
        await SystemClock().sleep(seconds)
