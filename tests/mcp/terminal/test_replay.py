"""A recording in the view: it never passes for the present."""

from __future__ import annotations

from datetime import timedelta

import pytest
from anyio import to_thread
from pmi_mcp_stage import FILL, ONE, TRADE, text
from pmi_mcp_world import market

from pmi_core.history import MarketSeen, Recording, open_replay
from pmi_core.models import BookUpdate, ConnectionUpdate, FillUpdate, Level, OrderBook, TradeUpdate
from pmi_core.testing.clock import START, ManualClock
from pmi_mcp.terminal.live.sources import Source
from pmi_mcp.terminal.live.view import WatchApp

pytestmark = pytest.mark.anyio

DAY = 86_400


def at(second):
    return START + timedelta(seconds=second)


def state(word, second, reason=None):
    return ConnectionUpdate(state=word, reason=reason, received_time=at(second))


def book(bid, second):
    found = OrderBook(market_ref=ONE, bids=[Level(price=bid, size=1)], received_time=at(second), state="live")
    return BookUpdate(book=found, received_time=at(second))


def trade(second):
    made = TRADE.trade.model_copy(update={"trade_id": str(second), "time": at(second)})
    return TradeUpdate(trade=made, received_time=at(second))


FIRST = [
    state("connecting", 0),
    MarketSeen(market=market(), received_time=at(0)),
    state("live", 0),
    book("0.40", 0),
    trade(1),
    FillUpdate(fill=FILL.fill, received_time=at(1)),
    state("closed", 4, "the recording was ended"),
]
SECOND = [
    state("gap", DAY, "nothing was recorded"),
    state("live", DAY),
    book("0.41", DAY),
    state("closed", DAY + 4),
]


@pytest.fixture
async def folder(tmp_path):
    for said in (FIRST, SECOND):
        async with Recording(tmp_path / "recording", clock=ManualClock()) as recording:
            for update in said:
                recording.put("alpha", update)
    return tmp_path / "recording"


async def test_a_recording_is_named_and_its_time_is_that_of_the_playhead(folder):
    clock = ManualClock(START + timedelta(days=300))
    replay = await open_replay(folder, longest_pause=5, clock=clock)
    async with replay.venue as venue:
        app = WatchApp([Source(venue, (ONE,), has_account=True)], clock=clock, playhead=replay.playhead)
        async with app.run_test(size=(80, 24)) as pilot:

            async def shows(after, **needles):
                """Play on, and wait until every part shows what is looked for."""
                for _ in range(after * 2):
                    await clock.advance(0.5)
                    await pilot.pause()
                for _ in range(400):  # files are read in threads, as fast as the machine can
                    app.draw()
                    await pilot.pause(0.02)
                    shown = text(app)
                    if all(needle in shown[name] for name, needle in needles.items()):
                        return shown
                raise AssertionError((needles, shown))

            shown = await shows(
                2,
                state="● was LIVE  changed 2 s before",
                trades="15:00:01",
                own="filled  buy 2 YES",
                book="0.40",
            )
            assert shown["recording"].startswith("RECORDING 2026-01-05 15:00:02 UTC  ━")
            assert "skips" not in shown["recording"]
            shown = await shows(5, state="‖ the recording pauses", book="NOT LIVE: pause")
            assert "skips a pause of 23 h" in shown["recording"]
            assert "CLOSED" not in shown["state"]
            shown = await shows(4, state="● was LIVE", book="0.41", trades="── 2026-01-05 ──")
            assert shown["recording"].startswith("RECORDING 2026-01-06 15:00:0")
            shown = await shows(6, state="■ the recording is over", recording="100%")
            assert "15:00:04" in shown["recording"]
            await pilot.press("space")
            assert text(app)["state"].startswith("HELD since 15:00:04 UTC")


async def test_lines_of_a_recording_say_beside_them_that_pauses_are_jumped_over(pmi, folder):
    told = await to_thread.run_sync(
        pmi, "replay", str(folder), "--speed", "100", "--longest-pause", "5", "--channels", "book"
    )
    assert told.status == 0
    assert "1 long pause of the recording will be jumped over, the longest of 23:59:56" in told.err
    assert "jumped" not in told.out
    assert len(told.out.splitlines()) == 8
