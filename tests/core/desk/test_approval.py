"""A yes is for one thing, one account, one time, once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from pmi_core import NotFound, Refusal, hookimpl
from pmi_core.desk import ApprovalChannel, TicketState
from pmi_core.errors import OrderRefused

pytestmark = pytest.mark.anyio
TERMINAL = ApprovalChannel.TERMINAL


async def test_nothing_is_sent_without_a_yes(open_desk, venue, draft):
    async with open_desk(venue) as desk:
        preview = await desk.preview(draft())
        with pytest.raises(OrderRefused, match="waiting"):
            await desk.send(preview.code)
        assert venue.sendings == []


async def test_a_forged_code_is_unknown(open_desk, venue):
    async with open_desk(venue) as desk:
        for code in ("AAAA-AAAA", "", "' OR 1=1 --"):
            with pytest.raises(NotFound):
                await desk.send(code)
            with pytest.raises(NotFound):
                await desk.approve(code, TERMINAL, "nobody")


async def test_a_yes_expires(open_desk, venue, draft, approved, clock):
    async with open_desk(venue) as desk:
        preview = await desk.preview(draft())
        code = await approved(desk, draft())
        await clock.advance(301)
        with pytest.raises(OrderRefused, match="expired"):
            await desk.approve(preview.code, TERMINAL, "late")
        with pytest.raises(OrderRefused, match="expired"):
            await desk.send(code)
        assert venue.sendings == []


async def test_a_no_is_final_until_it_is_sent(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
        await desk.refuse(code, ApprovalChannel.PAGE, "me", "changed my mind")
        for again in (desk.send(code), desk.approve(code, TERMINAL, "me")):
            with pytest.raises(OrderRefused, match="refused"):
                await again
        assert venue.sendings == []


async def test_another_account_voids_a_yes(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
    venue.account = "two"
    async with open_desk(venue) as desk:
        with pytest.raises(OrderRefused, match="not the account"):
            await desk.send(code)
        assert await desk.state(code) is TicketState.VOID
    assert venue.sendings == []


async def test_a_yes_outlives_a_restart_and_is_used_once(open_desk, venue, draft, approved):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
    async with open_desk(venue) as desk:
        assert not (await desk.send(code)).repeated
    async with open_desk(venue) as desk:
        assert (await desk.send(code)).repeated
    assert len(venue.orders) == 1


async def test_many_callers_at_once_send_once(open_desk, venue, draft, approved):
    async with open_desk(venue) as one, open_desk(venue) as two:
        code = await approved(one, draft())
        results = await asyncio.gather(*[desk.send(code) for desk in (one, two) * 10])
        assert sum(not result.repeated for result in results) == 1
    assert len(venue.orders) == 1


@pytest.mark.parametrize("path", [("steps", 0, "body", "request", "size"), ("expires",), ("account",)])
async def test_what_was_changed_under_a_code_is_not_sent(open_desk, venue, draft, approved, tmp_path, path):
    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'home' / 'desk' / 'journal.db'}")
    with engine.begin() as connection:
        payload = json.loads(connection.execute(sa.text("SELECT payload FROM tickets")).scalar_one())
        place = payload
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = 10**13 if path == ("expires",) else "1000"
        connection.execute(sa.text("UPDATE tickets SET payload = :p"), {"p": json.dumps(payload)})
    engine.dispose()
    async with open_desk(venue) as desk:
        with pytest.raises(OrderRefused, match="not what was previewed"):
            await desk.send(code)
    assert venue.sendings == []


async def test_a_channel_that_the_operator_does_not_allow_is_no_yes(open_desk, venue, draft):
    config = '[policy.approve_with]\npaper = ["passkey"]\n'
    async with open_desk(venue, config=config) as desk:
        preview = await desk.preview(draft())
        assert preview.approve_with == {ApprovalChannel.PASSKEY}
        with pytest.raises(OrderRefused, match="not approved by terminal"):
            await desk.approve(preview.code, TERMINAL, "model")
        await desk.approve(preview.code, ApprovalChannel.PASSKEY, "me")
        assert (await desk.send(preview.code)).settled


@pytest.mark.parametrize("price, moved", [("0.55", False), ("0.56", True)])
async def test_a_market_that_moved_too_far_voids_a_yes(open_desk, venue, draft, approved, price, moved):
    from decimal import Decimal

    async with open_desk(venue) as desk:
        code = await approved(desk, draft())
        venue.book_price = Decimal(price)
        if moved:
            with pytest.raises(OrderRefused, match=r"moved from 0\.50 to 0\.56"):
                await desk.send(code)
        else:
            await desk.send(code)
    assert len(venue.sendings) == (not moved)


async def test_a_plugin_may_say_no_until_the_end(open_desk, venue, draft, approved):
    class Reviewer:
        answer = None

        @hookimpl
        def pmi_review_order(self, draft):
            return self.answer

    reviewer = Reviewer()
    async with open_desk(venue, reviewer=reviewer) as desk:
        code = await approved(desk, draft())
        reviewer.answer = Refusal(reason="not today", rule="mood")
        with pytest.raises(OrderRefused, match="plugin 'reviewer' refused: not today"):
            await desk.send(code)
        with pytest.raises(OrderRefused, match="not today"):
            await desk.preview(draft())
    assert venue.sendings == []


async def test_two_processes_redeem_one_yes_at_once(open_desk, draft, approved, tmp_path):
    import desk_double

    truth = tmp_path / "truth"
    async with open_desk(desk_double.Double(truth=truth)) as desk:
        codes = [await approved(desk, draft()) for _ in range(5)]
    script = Path(__file__).with_name("racer.py")
    racers = [
        subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / "home"), str(truth), *codes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
    assert len(truth.read_text().splitlines()) == len(codes)
    assert all(sorted(pair) == [False, True] for pair in zip(*told, strict=True))
