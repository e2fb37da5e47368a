"""Whatever the network does: no wrong book is shown as live, nothing is lost in silence, nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from pathlib import Path

import pytest
from stage.proxy import CONNECTION_FAULTS, MESSAGE_FAULTS
from stage.runs import faulty_run

pytestmark = pytest.mark.anyio

AT_ONCE = 10


def descriptors():
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


@pytest.mark.timeout(1200)
async def test_live_data_survives_a_failing_network(fault_runs):
    happened = Counter()
    gaps = books = 0
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    before, tasks = descriptors(), asyncio.all_tasks()
    for first in range(0, fault_runs, AT_ONCE):
        runs = [faulty_run(seed) for seed in range(first, min(first + AT_ONCE, fault_runs))]
        for faults, judge in await asyncio.gather(*runs):
            happened.update(faults)
            gaps += judge.states.count("gap")
            books += judge.books
    # All kinds of faults came to pass, so that the runs prove something.
    assert set(happened) == {*MESSAGE_FAULTS, *CONNECTION_FAULTS}
    assert gaps > fault_runs / 5
    assert books > 10 * fault_runs
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == tasks
    gc.collect()  # a task or future whose error nobody took complains now at the latest
    assert complaints == []
    assert descriptors() <= before
