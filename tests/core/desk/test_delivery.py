"""Whoever approved on a page or in a terminal learns what became of it."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core import NotFound
from pmi_core.desk import ApprovalChannel, IntentState, TicketState
from pmi_core.errors import OrderRefused
from pmi_core.testing.clock import ManualClock

pytestmark = pytest.mark.anyio
PAGE = ApprovalChannel.PAGE


@pytest.fixture
def clock():
    return ManualClock()


async def test_the_approving_process_sends_when_the_author_is_gone(open_desk, venue, draft):
    async with open_desk(venue) as author:
        code = (await author.preview(draft())).code
    async with open_desk(venue) as desk:
        await desk.approve(code, PAGE, "me")
        sent = await desk.deliver(code, timeout=10)
        assert (sent.repeated, sent.settled) == (False, True)
        assert (await desk.deliver(code, timeout=10)).repeated
    assert len(venue.sendings) == 1


async def test_the_author_itself_delivers(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        await desk.approve(code, PAGE, "me")
        assert not (await desk.deliver(code, timeout=10)).repeated
        assert (await desk.outcome(code, timeout=0)).orders[0].state is IntentState.DONE


async def test_waiting_never_sends(open_desk, venue, draft, clock):
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        assert await clock.run(desk.outcome(code, timeout=1)) is None
        await desk.approve(code, PAGE, "me")
        assert await clock.run(desk.outcome(code, timeout=1)) is None
    assert venue.sendings == []


async def test_what_is_not_approved_is_not_delivered(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        with pytest.raises(OrderRefused, match="not approved"):
            await desk.deliver(code, timeout=1)
        with pytest.raises(NotFound):
            await desk.deliver("AAAA-AAAA", timeout=1)
    assert venue.sendings == []


async def test_a_no_comes_with_its_reason(open_desk, venue, draft, clock):
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        waiting = asyncio.ensure_future(clock.run(desk.outcome(code, timeout=100)))
        await desk.refuse(code, PAGE, "me", "too dear for me")
        with pytest.raises(OrderRefused, match=r"refused \(page\): too dear for me"):
            await waiting
        with pytest.raises(OrderRefused, match="too dear for me"):
            await desk.deliver(code, timeout=1)


async def test_a_rule_that_says_no_at_the_last_moment_is_told(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        await desk.approve(code, PAGE, "me")
        venue.trading = "paused"
        with pytest.raises(OrderRefused, match="is void: fake:HEADS takes no orders now"):
            await desk.deliver(code, timeout=5)
        with pytest.raises(OrderRefused, match="takes no orders now"):
            await desk.outcome(code, timeout=5)
        assert await desk.state(code) is TicketState.VOID


@pytest.mark.parametrize("approve", [True, False])
async def test_too_late_is_an_end_too(open_desk, venue, draft, clock, approve):
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        if approve:
            await desk.approve(code, PAGE, "me")
        await clock.advance(301)
        for waiting in (desk.outcome(code, timeout=1), desk.deliver(code, timeout=1)):
            with pytest.raises(OrderRefused, match="before it expired") as told:
                await waiting
            assert told.value.code == "expired"


async def test_an_order_in_doubt_is_told_when_the_time_is_over(open_desk, venue, draft, clock):
    venue.faults = ["lose_request"]
    async with open_desk(venue) as desk:
        code = (await desk.preview(draft())).code
        await desk.approve(code, PAGE, "me")
        await clock.run(desk.deliver(code, timeout=1))
        sent = await clock.run(desk.outcome(code, timeout=1))
        assert sent.orders[0].order.status == "unknown"


async def test_a_passkey_that_comes_or_goes_is_written_down(open_desk, venue):
    async with open_desk(venue) as desk:
        await desk.note_passkey("added", "blue key", "page")
        await desk.note_passkey("removed", "blue key", "terminal")
        rows = [(entry.kind.value, entry.subject, entry.body) async for entry in desk.entries()]
        assert rows == [
            ("passkey", "blue key", {"what": "added", "name": "blue key", "by": "page"}),
            ("passkey", "blue key", {"what": "removed", "name": "blue key", "by": "terminal"}),
        ]
        assert (await desk.verify()).whole
