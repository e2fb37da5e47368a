"""What is approved elsewhere is sent at once, by one process, and what nobody sends is void."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from desk_double import Double

from pmi_core.desk import ApprovalChannel, IntentState, TicketState
from pmi_core.errors import OrderRefused
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio

GUARD = 60
"""Seconds after which a wait for another process is given up."""


@pytest.fixture
def processes(tmp_path):
    """Start processes that tend a desk over the same home; whoever lives at the end is ended."""
    started = []

    def start(previews):
        script = str(Path(__file__).with_name("tender.py"))
        process = subprocess.Popen(
            [sys.executable, script, str(tmp_path / "home"), str(tmp_path / "truth"), str(previews)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        codes = [process.stdout.readline().strip() for _ in range(previews)]
        assert process.stdout.readline() == "tending\n"
        return process, codes

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def truth(tmp_path):
    return tmp_path / "truth"


async def test_the_process_that_previewed_sends_what_another_one_approved(open_desk, processes, truth):
    _, (code,) = processes(1)
    async with open_desk(Double(truth=truth)) as desk:
        await desk.approve(code, ApprovalChannel.PAGE, "me")
        sent = await desk.deliver(code, timeout=GUARD)
        assert sent.repeated  # the other one sent
        assert sent.orders[0].state is IntentState.DONE
        owners = {entry.body["owner"] async for entry in desk.entries() if entry.kind == "intent"}
        assert owners.isdisjoint({desk._owner.name})
    assert len(truth.read_text().splitlines()) == 1


async def test_of_several_heirs_of_a_dead_process_one_sends(open_desk, processes, truth):
    author, codes = processes(3)
    for _ in range(2):
        processes(0)
    author.kill()
    author.wait()
    async with open_desk(Double(truth=truth)) as one, open_desk(Double(truth=truth)) as two:
        for code in codes:
            await one.approve(code, ApprovalChannel.PAGE, "me")
        with anyio.fail_after(GUARD):
            told = await asyncio.gather(
                *[desk.deliver(code, timeout=GUARD) for desk in (one, two) for code in codes]
            )
        assert all(sent.settled for sent in told)
        assert await one.in_doubt() == ()
        assert (await one.verify()).whole
    assert len(truth.read_text().splitlines()) == len(codes)


async def test_while_its_author_lives_nobody_else_sends(open_desk, venue, draft):
    clock = ManualClock()
    venue.clock = clock
    async with open_desk(venue, clock=clock) as author, open_desk(venue, clock=clock) as other:
        code = (await author.preview(draft())).code
        await other.approve(code, ApprovalChannel.TERMINAL, "me")
        async with other.tending():
            assert await clock.run(other.deliver(code, timeout=10)) is None
        assert await author.state(code) is TicketState.APPROVED
        async with author.tending():
            assert (await clock.run(other.outcome(code, timeout=60))).settled
    assert len(venue.sendings) == 1


@pytest.mark.parametrize("channel", ["elicitation", "token"])
async def test_what_was_approved_in_the_conversation_is_left_to_it(open_desk, venue, draft, channel):
    clock = ManualClock()
    venue.clock = clock
    config = '[policy]\ntoken_ceiling = "10"\n'
    async with open_desk(venue, clock=clock, config=config) as desk, desk.tending():
        code = (await desk.preview(draft())).code
        await desk.approve(code, ApprovalChannel(channel), "model")
        assert await clock.run(desk.outcome(code, timeout=20)) is None
        assert venue.sendings == []
        assert not (await desk.send(code)).repeated


async def test_what_nobody_sends_in_time_is_void_and_says_so(open_desk, venue, draft):
    clock = ManualClock()
    venue.clock = clock
    config = "[policy]\napproval_seconds = 10\n"
    async with (
        open_desk(venue, clock=clock, config=config) as author,
        open_desk(venue, clock=clock, config=config) as other,
    ):
        code = (await author.preview(draft())).code
        await other.approve(code, ApprovalChannel.PAGE, "me")
        async with other.tending():
            with pytest.raises(OrderRefused, match="nobody could send it before it expired"):
                await clock.run(author.outcome(code, timeout=40))
        assert await author.state(code) is TicketState.VOID
        rules = [entry.body.get("rule") async for entry in other.entries() if entry.kind == "refusal"]
        assert rules == ["expired"]
    assert venue.sendings == []


async def test_trouble_of_the_venue_is_waited_out(open_desk, draft, caplog):
    clock = ManualClock()
    venue = Double(clock)
    async with open_desk(venue, clock=clock) as desk:
        code = (await desk.preview(draft())).code
        await desk.approve(code, ApprovalChannel.PAGE, "me")
        read, failures = venue.get_market, iter(range(3))

        async def failing(market):
            from pmi_core import Unreachable

            if next(failures, None) is not None:
                raise Unreachable("no answer", venue="fake")
            return await read(market)

        venue.get_market = failing
        async with desk.tending():
            assert (await clock.run(desk.outcome(code, timeout=100))).settled
    assert [record.args[1] for record in caplog.records if "cannot be sent yet" in record.message] == [
        1,
        2,
        4,
    ]
    assert len(venue.sendings) == 1


async def test_a_desk_of_another_account_or_mode_leaves_it_alone(open_desk, draft):
    clock = ManualClock()
    venue = Double(clock)
    async with open_desk(venue, clock=clock) as author:
        code = (await author.preview(draft())).code
        await author.approve(code, ApprovalChannel.PAGE, "me")
    elsewhere = Double(clock, account="two")
    async with open_desk(elsewhere, clock=clock) as desk, desk.tending():
        assert await clock.run(desk.outcome(code, timeout=5)) is None
    async with open_desk(venue, clock=clock, config='mode = "read-only"\n') as desk, desk.tending():
        assert await clock.run(desk.outcome(code, timeout=5)) is None
    async with open_desk(venue, clock=clock) as desk, desk.tending():
        assert (await clock.run(desk.outcome(code, timeout=60))).settled
    assert (len(elsewhere.sendings), len(venue.sendings)) == (0, 1)


async def test_a_caller_and_the_loop_share_one_sending(open_desk, venue, draft):
    clock = ManualClock()
    venue.clock = clock
    async with open_desk(venue, clock=clock) as desk, desk.tending():
        code = (await desk.preview(draft())).code
        await desk.approve(code, ApprovalChannel.TERMINAL, "me")
        told = await clock.run(
            asyncio.gather(desk.send(code), desk.deliver(code, timeout=60), desk.outcome(code, timeout=60))
        )
        assert {sent.orders[0].state for sent in told} == {IntentState.DONE}
    assert len(venue.sendings) == 1


async def test_what_is_in_doubt_is_looked_for_until_it_is_found(open_desk, draft, caplog):
    caplog.set_level(logging.INFO)
    clock = ManualClock()
    venue = Double(clock, faults=["delay"], delay=20)
    async with open_desk(venue, clock=clock) as desk, desk.tending():
        code = (await desk.preview(draft())).code
        await desk.approve(code, ApprovalChannel.TERMINAL, "me")
        sent = await clock.run(desk.outcome(code, timeout=200))
        assert sent.orders[0].order_ref == venue.orders[0].ref
        assert await desk.in_doubt() == ()
    waits = [record.args[2] for record in caplog.records if "looked for again" in record.message]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]
    assert any("nothing is in doubt any more" in record.message for record in caplog.records)


async def test_a_start_looks_for_what_a_dead_process_left_before_it_sends(
    open_desk, venue, draft, monkeypatch
):
    from pmi_core.desk.sending import Sender

    class Gone(BaseException):
        """The process ends here."""

    async def gone(*_):
        raise Gone

    clock = ManualClock()
    venue.clock = clock
    async with open_desk(venue, clock=clock) as desk:
        lost, next_one = [(await desk.preview(draft())).code for _ in range(2)]
        for code in (lost, next_one):
            await desk.approve(code, ApprovalChannel.PAGE, "me")
        with monkeypatch.context() as patch:
            patch.setattr(Sender, "transmit", gone)
            with pytest.raises(Gone):
                await desk.send(lost)
    await clock.advance(1)
    async with open_desk(venue, clock=clock) as desk, desk.tending():
        assert (await clock.run(desk.outcome(next_one, timeout=200))).orders[0].state is IntentState.DONE
        assert (await desk.sent(lost)).orders[0].state is IntentState.ABSENT
    assert len(venue.sendings) == 1


async def test_a_kill_switch_between_yes_and_sending_voids_it(open_desk, venue, draft):
    clock = ManualClock()
    venue.clock = clock
    async with open_desk(venue, clock=clock) as desk:
        code = (await desk.preview(draft())).code
        await desk.approve(code, ApprovalChannel.PAGE, "me")
        desk.kill.engage("enough", "me")
        async with desk.tending():
            with pytest.raises(OrderRefused, match="is void: the kill switch is engaged"):
                await clock.run(desk.outcome(code, timeout=60))
    assert venue.sendings == []
