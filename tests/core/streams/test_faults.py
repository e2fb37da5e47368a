"""Whatever the network does: no wrong book is shown as live, nothing is lost in silence, nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
import os
from collections import Counter

import pytest
from stage.proxy import CONNECTION_FAULTS, MESSAGE_FAULTS
from stage.runs import faulty_run

pytestmark = pytest.mark.anyio

RUNS = int(os.environ.get("PMI_FAULT_RUNS", "50"))
AT_ONCE = 10


def descriptors():
    folder = "/proc/self/fd"
    return len(os.listdir(folder)) if os.path.isdir(folder) else 0


@pytest.mark.timeout(120 + RUNS)
async def test_live_data_survives_a_failing_network():
    happened = Counter()
    gaps = books = 0
    before, tasks = descriptors(), asyncio.all_tasks()
    for first in range(0, RUNS, AT_ONCE):
        runs = [faulty_run(seed) for seed in range(first, min(first + AT_ONCE, RUNS))]
        for faults, judge in await asyncio.gather(*runs):
            happened.update(faults)
            gaps += judge.states.count("gap")
            books += judge.books
    # All kinds of faults came to pass, so that the runs prove something.
    assert set(happened) == {*MESSAGE_FAULTS, *CONNECTION_FAULTS}
    assert gaps > RUNS / 5
    assert books > 10 * RUNS
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == tasks
    gc.collect()
    assert descriptors() <= before
