"""Folders that are refused, killed writers, and losses that are written down."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest

from pmi_core.errors import NotFound, PluginError, RequestError, SequenceGap
from pmi_core.history import Recorded, Recording, record, replay_venue, schema
from pmi_core.models import Channel, ConnectionState, Delivery, Subscription, Trade, TradeUpdate
from pmi_core.testing.clock import START, ManualClock

pytestmark = pytest.mark.anyio

REF = "alpha:RATE-1"
WANTED = Subscription(channels={Channel.TRADE}, market_refs=(REF,))


def trade(name, day=0):
    when = START + timedelta(days=day)
    found = Trade(trade_id=name, market_ref=REF, price="0.5", size=1, time=when)
    return TradeUpdate(trade=found, received_time=when)


def names(folder):
    return [row.said.trade.trade_id for row in Recorded(folder).rows()]


class Stage:
    """A venue that gives what it is told to, a list for each subscription."""

    name = "alpha"
    markets = None

    def __init__(self, *scenes):
        self.scenes = list(scenes)
        self.stream = SimpleNamespace(subscribe=self.subscribe)

    @asynccontextmanager
    async def subscribe(self, wanted):
        async def play(scene):
            for update in scene:
                if isinstance(update, Exception):
                    raise update
                yield update

        yield play(self.scenes.pop(0))


async def test_losses_are_rows_and_the_recording_goes_on(tmp_path):
    gap = SequenceGap("the consumer was too slow: 7 updates were lost")
    stage = Stage([trade("a"), gap], [trade("b")])
    heard = []
    async with Recording(tmp_path, clock=ManualClock()) as recording:
        await record(stage, WANTED, recording, on_gap=heard.append)
    told = [row.said for row in Recorded(tmp_path).rows()]
    assert [said.type for said in told] == ["connection", "trade", "connection", "trade", "connection"]
    assert (told[2].state, told[2].reason) == (ConnectionState.GAP, gap.message)
    assert told[-1].state is ConnectionState.CLOSED
    assert heard == [gap]


async def test_a_second_session_says_that_nothing_was_recorded_between(tmp_path):
    for name in "ab":
        async with Recording(tmp_path, clock=ManualClock()) as recording:
            await record(Stage([trade(name)]), WANTED, recording)
    states = [row.said.state.value for row in Recorded(tmp_path).rows() if row.said.type == "connection"]
    assert states == ["connecting", "closed", "gap", "closed"]


async def test_only_delivery_every_is_recorded(tmp_path):
    newest = WANTED.model_copy(update={"delivery": Delivery.LATEST})
    async with Recording(tmp_path) as recording:
        with pytest.raises(RequestError, match="keeps every update"):
            await record(Stage(), newest, recording)


async def test_days_stand_in_folders_of_their_own(tmp_path):
    async with Recording(tmp_path, clock=ManualClock()) as recording:
        for day in range(3):
            recording.put("alpha", trade(f"t{day}", day))
    days = sorted(path.parent.name for path in tmp_path.rglob("*.parquet"))
    assert days == ["date=2026-01-05", "date=2026-01-06", "date=2026-01-07"]
    assert names(tmp_path) == ["t0", "t1", "t2"]


async def test_a_journal_that_is_old_enough_becomes_parquet_while_recording_goes_on(tmp_path, disk):
    clock = ManualClock()
    async with Recording(tmp_path, clock=clock) as recording:
        recording.put("alpha", trade("a"))
        first = next((tmp_path / "journal").iterdir())
        await clock.advance(59)
        assert first.exists()
        await clock.advance(3)
        assert not first.exists()
        recording.put("alpha", trade("b"))
        assert names(tmp_path) == ["a", "b"], "a reader sees both, while it is written"
    assert names(tmp_path) == ["a", "b"]


async def test_two_writers_are_refused(tmp_path):
    async with Recording(tmp_path):
        with pytest.raises(RequestError, match="another process records"):
            await Recording(tmp_path).__aenter__()


async def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(RequestError, match="neither empty nor a recording"):
        await Recording(tmp_path).__aenter__()
    with pytest.raises(RequestError, match="is no recording"):
        Recorded(tmp_path)


async def test_a_newer_recording_is_refused_with_both_versions(tmp_path):
    async with Recording(tmp_path):
        pass
    (tmp_path / "recording.json").write_text(json.dumps({"kind": "pmi recording", "schema_version": 2}))
    for attempt in (lambda: Recorded(tmp_path), lambda: Recording(tmp_path)._folder.owned().__enter__()):
        with pytest.raises(RequestError, match=r"version 2, and this program knows 1; update pmi-core"):
            attempt()


@pytest.fixture
async def left(tmp_path):
    """The journal of two rows as a kill leaves it, and what stood in it."""
    async with Recording(tmp_path, clock=ManualClock()) as recording:
        recording.put("alpha", trade("a"))
        recording.put("alpha", trade("b"))
        journal = next((tmp_path / "journal").iterdir())
        whole = journal.read_bytes()
    return journal, whole


@pytest.mark.parametrize(
    "tear",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[:-9],
        lambda whole: whole[:-9] + b"\n",
        lambda whole: whole[: whole.rindex(b"{")],
    ],
    ids=["without its end", "half", "half with an end", "hardly begun"],
)
async def test_a_last_line_that_was_torn_is_left_out(tmp_path, left, tear):
    journal, whole = left
    journal.write_bytes(tear(whole))
    assert names(tmp_path) == ["a"]
    async with Recording(tmp_path, clock=ManualClock()):
        pass
    assert names(tmp_path) == ["a"]


async def test_a_line_that_was_torn_in_the_middle_is_an_error(tmp_path, left):
    journal, whole = left
    journal.write_bytes(whole.replace(b'{"serial":1,', b'{"se', 1))
    with pytest.raises(RequestError, match="line 2 of .* is broken"):
        names(tmp_path)


async def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(schema, "import_module", missing)
    with pytest.raises(PluginError, match=r"pip install 'pmi-core\[history\]'"):
        Recording(tmp_path)


async def test_an_empty_recording_and_an_unknown_venue_are_not_found(tmp_path):
    async with Recording(tmp_path):
        pass
    with pytest.raises(NotFound, match="nothing was recorded"):
        await replay_venue(tmp_path)
    async with Recording(tmp_path) as recording:
        recording.put("alpha", trade("a"))
    with pytest.raises(NotFound, match="it holds alpha"):
        await replay_venue(tmp_path, venue="beta")


WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from pmi_core.history import Recording
from pmi_core.models import Trade, TradeUpdate
from pmi_core.testing.clock import START

async def main():
    async with Recording(Path(sys.argv[1])) as recording:
        for number in itertools.count():
            trade = Trade(trade_id=str(number), market_ref="alpha:RATE-1", price="0.5", size=1, time=START)
            recording.put("alpha", TradeUpdate(trade=trade, received_time=START))
            print(number, flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no SIGKILL")
async def test_a_killed_writer_lost_nothing_and_its_folder_goes_on(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    guard = threading.Timer(60, process.kill)
    guard.start()
    with process:
        put = 0
        for line in process.stdout:
            put = int(line)
            if put >= 500:
                process.send_signal(signal.SIGKILL)
                break
        put = max([put, *(int(line) for line in process.stdout.read().split("\n")[:-1])])
    guard.cancel()
    found = names(tmp_path)
    assert found == [str(number) for number in range(len(found))]
    assert len(found) >= put + 1, "everything that was put is there"
    async with Recording(tmp_path, clock=ManualClock()) as recording:
        recording.put("alpha", trade("after"))
    assert names(tmp_path) == [*found, "after"]
    assert not list((tmp_path / "journal").iterdir())
