"""A desk over a venue double, with time that moves by itself."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("desk_double", Path(__file__).with_name("double.py"))
double = importlib.util.module_from_spec(_spec)
sys.modules["desk_double"] = double
_spec.loader.exec_module(double)

from pmi_core.desk import OrderDraft  # noqa: E402
from pmi_core.testing.clock import ManualClock  # noqa: E402

double.DATABASE = os.environ.get("PMI_TEST_DATABASE")


@pytest.fixture(autouse=True)
async def empty_database(request):
    """With PMI_TEST_DATABASE (an empty PostgreSQL) the journals are kept there."""
    if double.DATABASE is None:
        return
    if FILES_ONLY & {request.node.path.stem, request.node.originalname}:
        pytest.skip("these tests look into the file")
    from sqlalchemy.ext.asyncio import create_async_engine

    from pmi_core.desk.tables import metadata

    engine = create_async_engine(double.DATABASE)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
    await engine.dispose()


FILES_ONLY = {
    "test_approval",
    "test_journal",
    "test_killed",
    "test_counters_are_made_again_from_what_was_sent",
    "test_of_several_heirs_of_a_dead_process_one_sends",
    "test_the_process_that_previewed_sends_what_another_one_approved",
}


@pytest.fixture
def clock():
    return ManualClock(auto=True)


@pytest.fixture
def venue(clock):
    return double.Double(clock)


@pytest.fixture
def open_desk(tmp_path):
    """Make desks over the same home; what is opened is closed by the test's `async with`."""

    def open_desk(*doubles, **rest):
        return double.make_desk(tmp_path / "home", *doubles, **rest)

    return open_desk


@pytest.fixture
def draft():
    def draft(**changes):
        values = {
            "market_ref": "fake:HEADS",
            "outcome": "yes",
            "action": "buy",
            "size": "10",
            "price": "0.51",
        }
        return OrderDraft(**{**values, **changes})

    return draft


@pytest.fixture
def approved():
    """Preview and approve a draft; gives the code."""

    async def approved(desk, draft, channel="terminal"):
        from pmi_core.desk import ApprovalChannel

        preview = await desk.preview(draft)
        await desk.approve(preview.code, ApprovalChannel(channel), "test")
        return preview.code

    return approved


def pytest_generate_tests(metafunc):
    """One run a seed: a hundred by default, as many as PMI_FAULT_RUNS says."""
    if "seed" in metafunc.fixturenames:
        runs = int(os.environ.get("PMI_FAULT_RUNS", "100"))
        metafunc.parametrize("seed", range(runs))
