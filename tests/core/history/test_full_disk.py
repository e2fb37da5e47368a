"""What a recording keeps, and what it says, when the disk is full or fails."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from pmi_core.errors import RequestError, SettingsError
from pmi_core.history import Recorded, Recording, record
from pmi_core.models import Channel, Subscription, Trade, TradeUpdate
from pmi_core.testing.clock import START, ManualClock

pytestmark = pytest.mark.anyio

REF = "alpha:RATE-1"
GAP = "the folder could not be written"


def trade(name):
    found = Trade(trade_id=name, market_ref=REF, price="0.5", size=1, time=START)
    return TradeUpdate(trade=found, received_time=START)


def told(folder):
    """The trades, and the reasons of the states between them."""
    rows = [row.said for row in Recorded(folder).rows()]
    return [said.trade.trade_id if said.type == "trade" else said.reason for said in rows]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "rec"


@pytest.mark.parametrize("taken", [0, 1, 60], ids=lambda taken: f"{taken} bytes of the line")
async def test_a_full_disk_loses_what_it_says_and_nothing_else(folder, disk, taken):
    async with Recording(folder, clock=ManualClock()) as recording:
        recording.put("alpha", trade("a"))
        disk.room = taken
        with pytest.raises(RequestError, match=r"No space left.* \(1 update not recorded\)"):
            recording.put("alpha", trade("b"))
        with pytest.raises(RequestError, match=r"\(2 updates not recorded\)"):
            recording.put("alpha", trade("c"))
        assert told(folder) == ["a"]
        disk.room = None
        recording.put("alpha", trade("d"))
        assert told(folder) == (kept := ["a", f"{GAP}: 2 updates not recorded", "d"])
        assert (recording.rows, recording.lost) == (3, 2)
    assert told(folder) == kept
    async with Recording(folder, clock=ManualClock()):
        pass
    assert told(folder) == kept


async def test_a_loss_after_which_nothing_comes_is_told_at_the_end(folder, disk):
    async with Recording(folder, clock=ManualClock()) as recording:
        recording.put("alpha", trade("a"))
        disk.room = 20
        with pytest.raises(RequestError):
            recording.put("alpha", trade("b"))
        disk.room = None
    assert told(folder) == ["a", f"{GAP}: 1 update not recorded"]


async def test_an_end_on_a_full_disk_is_an_error_and_loses_nothing_of_before(folder, disk):
    with pytest.raises(RequestError, match=r"No space left.* \(1 update not recorded\)"):
        async with Recording(folder, clock=ManualClock()) as recording:
            recording.put("alpha", trade("a"))
            disk.room = 20
            with pytest.raises(RequestError):
                recording.put("alpha", trade("b"))
    assert told(folder) == ["a"]
    assert not list(folder.rglob("*.tmp")), "what could not be finished takes no room"


async def test_half_a_line_that_cannot_be_cut_off_ends_the_recording(folder, disk):
    recording = Recording(folder, clock=ManualClock())
    with pytest.raises(RequestError, match=r"\(3 updates not recorded\)"):
        async with recording:
            recording.put("alpha", trade("a"))
            disk.room = 20
            disk.broken.add("ftruncate")
            for lost in range(1, 4):
                with pytest.raises(RequestError, match=rf"\({lost} updates? not recorded\)"):
                    recording.put("alpha", trade("b"))
                disk.room, disk.broken = None, set()
                assert told(folder) == ["a"], "nothing was written after the half line"
    assert told(folder) == ["a"]


async def test_when_syncing_fails_nothing_is_put_any_more(folder, disk):
    clock = ManualClock()
    with pytest.raises(RequestError, match=r"Input/output error \(1 update not recorded\)"):
        async with Recording(folder, clock=clock) as recording:
            recording.put("alpha", trade("a"))
            disk.broken.add("fsync")
            await clock.advance(1)
            disk.broken.clear()
            with pytest.raises(RequestError, match="Input/output error"):
                recording.put("alpha", trade("b"))
    assert told(folder) == ["a"]


@pytest.mark.parametrize("harm", [b'{"serial":9,\n', b'{"serial":9,"venue":"alpha","said":{"type":"odd"}}\n'])
async def test_a_failure_of_any_kind_beside_what_is_put_ends_the_recording(folder, disk, harm):
    clock = ManualClock()
    with pytest.raises(RequestError, match="cannot be written: .*00001-000001.jsonl"):
        async with Recording(folder, clock=clock) as recording:
            recording.put("alpha", trade("a"))
            with next((folder / "journal").iterdir()).open("ab") as journal:
                journal.write(harm)
            recording.put("alpha", trade("b"))
            await clock.advance(70)
            with pytest.raises(RequestError, match="00001-000001.jsonl"):
                recording.put("alpha", trade("c"))


async def test_a_failure_in_a_quiet_market_breaks_the_recorder_off(folder, disk):
    @asynccontextmanager
    async def subscribe(wanted):
        async def quiet():
            yield trade("a")
            await asyncio.Event().wait()

        yield quiet()

    clock = ManualClock()
    venue = SimpleNamespace(name="alpha", markets=None, stream=SimpleNamespace(subscribe=subscribe))
    wanted = Subscription(channels={Channel.TRADE}, market_refs=(REF,))
    with pytest.raises(RequestError, match="Input/output error"):
        async with Recording(folder, clock=clock) as recording:
            listening = asyncio.create_task(record(venue, wanted, recording))
            await clock.advance(0.5)
            disk.broken.add("fsync")
            await clock.advance(1)
            disk.broken.clear()
            await clock.advance(0)  # gives the loop some turns
            assert listening.done(), "it waits no longer"
            with pytest.raises(RequestError, match="Input/output error"):
                await listening
            assert recording.lost == 0
    assert told(folder) == ["the recording begins", "a"]


async def test_an_error_of_the_body_is_kept_and_says_what_else_failed(folder, disk):
    with pytest.raises(ZeroDivisionError) as caught:
        async with Recording(folder, clock=ManualClock()) as recording:
            recording.put("alpha", trade("a"))
            disk.room = 0
            raise ZeroDivisionError
    assert "No space left" in caught.value.__notes__[0]


async def test_reopening_on_a_full_disk_is_an_error_of_the_tree_and_loses_nothing(folder, disk):
    async with Recording(folder, clock=ManualClock()) as recording:
        recording.put("alpha", trade("a"))
        journal = next((folder / "journal").iterdir())
        left = journal.read_bytes()
    journal.write_bytes(left)  # as a kill leaves it
    disk.room = 20
    with pytest.raises(SettingsError, match="No space left.*make room"):
        await Recording(folder).__aenter__()
    assert told(folder) == ["a"]
    disk.room = None
    async with Recording(folder, clock=ManualClock()) as recording:
        recording.put("alpha", trade("b"))
    assert told(folder) == ["a", "b"]


async def test_a_new_journal_that_does_not_fit_leaves_nothing_in_the_way(folder, disk):
    async with Recording(folder, clock=ManualClock()):
        pass
    disk.room = 5
    with pytest.raises(SettingsError, match="No space left"):
        await Recording(folder).__aenter__()
    assert not list((folder / "journal").iterdir())
