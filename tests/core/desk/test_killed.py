"""A process that dies at any step leaves nothing that is sent twice or forgotten."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from desk_double import Double, make_desk

from pmi_core.desk import ApprovalChannel, DeskSettings, IntentState, TicketState
from pmi_core.errors import BusyError

pytestmark = pytest.mark.anyio

VICTIM = Path(__file__).with_name("victim.py")
_spec = importlib.util.spec_from_file_location("desk_victim", VICTIM)
victim = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(victim)


@pytest.fixture(scope="module")
def corpses(tmp_path_factory):
    root = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, str(VICTIM), str(root)], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return root


@pytest.mark.parametrize("number", range(len(victim.POINTS)), ids=list(victim.POINTS))
async def test_a_killed_process_is_survived(corpses, number):
    home = corpses / str(number)
    truth = home / "truth"
    existed = len(truth.read_text().splitlines())
    venue = Double(truth=truth)
    async with make_desk(home, venue, settings=DeskSettings(lookup_seconds=0, lost_after_seconds=1)) as desk:
        with anyio.fail_after(30):
            while await desk.reconcile("fake"):
                await anyio.sleep(0.1)
        assert (await desk.verify()).whole
        assert len(venue.orders) == existed
        if not (home / "code").exists():
            assert not existed
            return
        code = (home / "code").read_text()
        state = await desk.state(code)
        if state is TicketState.WAITING:
            assert not existed
            assert not (home / "approved").exists()
            await desk.approve(code, ApprovalChannel.TERMINAL, "test")
        sent = await desk.send(code)
        (one,) = sent.orders
        if state is TicketState.USED:
            assert sent.repeated
            assert one.state is (IntentState.DONE if existed else IntentState.ABSENT)
            assert len(venue.orders) == existed
        else:
            assert one.state is IntentState.DONE
            assert existed == 0
            assert len(venue.orders) == 1
        assert venue.sendings == ([] if state is TicketState.USED else [one.client_order_id])


async def test_nothing_new_is_sent_before_the_dead_one_is_accounted_for(corpses, draft, approved):
    points = list(victim.POINTS)
    home = corpses / "again"
    home.mkdir()
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                f"import sys; sys.path.insert(0, {str(VICTIM.parent)!r}); import victim, asyncio; from pathlib import Path\n"
                f"victim.POINTS[{points[9]!r}](); asyncio.run(victim.live(Path({str(home)!r}), ''))"
            ),
        ],
        check=False,
    )
    assert child.returncode == -9
    async with make_desk(home, Double(), settings=DeskSettings(lost_after_seconds=2)) as desk:
        code = await approved(desk, draft(market_ref="fake:ELSEWHERE"))
        with pytest.raises(BusyError, match="not known yet"):
            await desk.send(code)
        with anyio.fail_after(30):
            while await desk.in_doubt():
                await anyio.sleep(0.2)
                await desk.reconcile("fake")
        assert (await desk.send(code)).orders[0].state is IntentState.DONE


async def test_an_owner_of_whom_nothing_can_be_told_counts_as_dead_in_the_end(
    open_desk, venue, draft, approved, clock, monkeypatch
):
    from pmi_core.desk.owner import Owner
    from pmi_core.desk.sending import Sender

    class Gone(BaseException):
        """The machine is gone."""

    async def gone(*_):
        raise Gone

    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
        with monkeypatch.context() as patch:
            patch.setattr(Sender, "transmit", gone)
            with pytest.raises(Gone):
                await desk.send(code)
    monkeypatch.setattr(Owner, "is_dead", lambda *_: False)
    async with open_desk(venue) as desk:
        await clock.advance(50)
        assert len(await desk.reconcile("fake")) == 1  # its machine may still be about to send it
        elsewhere = await desk.send(await approved(desk, draft(market_ref="fake:TAILS")))
        assert elsewhere.settled
        await clock.advance(11)
        assert await desk.reconcile("fake") == ()
        assert (await desk.sent(code)).orders[0].state is IntentState.ABSENT
