"""What is left of a recording when the machine fails: all but the last second."""

from __future__ import annotations

import asyncio
import sys

import pytest

from pmi_core.history import Recorded, Recording
from pmi_core.history.disk import sync_folder
from pmi_core.models import Trade, TradeUpdate
from pmi_core.testing.clock import START, ManualClock

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be synced there"),
]


def trade(name):
    found = Trade(trade_id=name, market_ref="alpha:RATE-1", price="0.5", size=1, time=START)
    return TradeUpdate(trade=found, received_time=START)


def names(folder):
    return [row.said.trade.trade_id for row in Recorded(folder).rows()]


@pytest.fixture
def left(disk, tmp_path_factory):
    """The names of the trades that are left if the power fails now."""
    return lambda: names(disk.after_power_loss(tmp_path_factory.mktemp("left")) / "deep" / "rec")


async def test_what_is_a_second_old_is_there_after_the_power_failed(tmp_path, disk, left):
    clock = ManualClock()
    async with Recording(tmp_path / "deep" / "rec", clock=clock) as recording:
        assert left() == [], "the recording itself is there from the start"
        for name in "abc":
            recording.put("alpha", trade(name))
            await clock.advance(1)
            assert left()[-1:] == [name]
        recording.put("alpha", trade("late"))
        assert left() == ["a", "b", "c"]
    assert left() == ["a", "b", "c", "late"]


async def test_a_first_start_that_is_taken_up_is_as_sure_as_one_in_an_empty_folder(tmp_path, disk, left):
    (tmp_path / "deep" / "rec" / "journal").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "deep"):
        sync_folder(folder)
    async with Recording(tmp_path / "deep" / "rec", clock=ManualClock()):
        assert left() == []


async def test_a_journal_is_removed_only_when_its_files_are_surely_there(tmp_path, disk, left):
    clock = ManualClock()
    async with Recording(tmp_path / "deep" / "rec", clock=clock) as recording:
        recording.put("alpha", trade("a"))
        await clock.advance(70)
        assert "00001-000001.jsonl" in disk.removed
        assert left() == ["a"]
        recording.put("alpha", trade("b"))
        await clock.advance(1)
        assert left() == ["a", "b"], "the next journal is as sure as the first"


async def test_making_files_of_a_journal_holds_up_no_later_row(tmp_path, disk, left, monkeypatch):
    begun, freed = asyncio.Event(), asyncio.Event()

    async def slow_with_journals(work, *args):
        if args:
            begun.set()
            await freed.wait()
        return work(*args)

    clock = ManualClock()
    async with Recording(tmp_path / "deep" / "rec", clock=clock) as recording:
        monkeypatch.setattr(asyncio, "to_thread", slow_with_journals)
        recording.put("alpha", trade("a"))
        await clock.advance(62)
        assert begun.is_set()
        recording.put("alpha", trade("b"))
        await clock.advance(1)
        assert left() == ["a", "b"]
        freed.set()
    assert left() == ["a", "b"]
