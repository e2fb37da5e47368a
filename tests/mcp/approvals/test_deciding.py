"""A person's answer is taken once, sent once, and what becomes of it is told."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core.desk import ApprovalChannel

pytestmark = pytest.mark.anyio


async def end_of(visitor):
    """What the page says when nothing more will change."""
    for _ in range(200):
        shown = (await visitor.look()).text
        if 'data-path="' not in shown:
            return shown
        await asyncio.sleep(0.02)
    raise AssertionError(shown)


async def test_approving_sends_it_and_says_so(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        answer = await visitor.say("approve")
        assert (answer.status_code, answer.headers["location"]) == (303, address.removeprefix(visitor.origin))
        shown = await end_of(visitor)
        assert "Resting" in shown
        assert "fake:o1" in shown
        assert len(opened.venue.orders) == 1
        entries = [entry async for entry in opened.desk.entries(subject=code)]
        (approval,) = [entry.body for entry in entries if entry.kind == "approval"]
        assert approval["channel"] == "page"
        assert approval["by"] == "approval page"


async def test_refusing_sends_nothing(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        assert (await visitor.say("refuse")).status_code == 303
        shown = await end_of(visitor)
        assert "Refused" in shown
        assert "Nothing was sent" in shown
        assert (await visitor.say("approve", seal="x")).status_code == 403
        assert await opened.desk.state(code) == "refused"
        assert opened.venue.sendings == []


async def test_twenty_presses_are_one_order(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        seal = await visitor.seal()
        answers = await asyncio.gather(*(visitor.say("approve", seal=seal) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {303}
        await end_of(visitor)
        await visitor.say("approve", seal=seal)
        assert "Resting" in await end_of(visitor)
        assert len(opened.venue.sendings) == 1
        assert (await opened.kinds(code)).count("approval") == 1


async def test_yes_and_no_at_once_are_one_of_them(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        seal = await visitor.seal()
        await asyncio.gather(visitor.say("refuse", seal=seal), visitor.say("approve", seal=seal))
        await end_of(visitor)
        assert (await opened.desk.state(code)) in ("refused", "used")
        assert len(opened.venue.sendings) == ((await opened.desk.state(code)) == "used")


async def test_two_addresses_of_one_draft_are_one_order(stage, visit):
    async with stage() as opened:
        code, one = await opened.waiting()
        two = await opened.page.address(code)
        first, second = visit(one), visit(two)
        seals = [await first.seal(), await second.seal()]
        await first.say("approve", seal=seals[0])
        await end_of(first)
        assert (await second.say("approve", seal=seals[1])).status_code == 303
        assert "Resting" in await end_of(second)
        assert len(opened.venue.sendings) == 1


async def test_too_late_is_too_late(stage, visit):
    async with stage() as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        seal = await visitor.seal()
        await opened.clock.advance(301)
        assert (await visitor.say("approve", seal=seal)).status_code == 303
        shown = await end_of(visitor)
        assert "Expired" in shown
        assert "Nobody decided in time" in shown
        assert opened.venue.sendings == []


async def test_what_was_decided_elsewhere_is_told(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        seal = await visitor.seal()
        await opened.desk.refuse(code, ApprovalChannel.TERMINAL, "somebody")
        assert (await visitor.say("approve", seal=seal)).status_code == 303
        assert "Refused" in await end_of(visitor)
        assert opened.venue.sendings == []


@pytest.mark.parametrize("config", ["passkey", "terminal"])
async def test_a_plain_yes_is_refused_where_the_page_may_not_approve(stage, visit, config):
    async with stage(config) as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        shown = (await visitor.look()).text
        assert 'value="approve"' not in shown
        assert ("pmi passkey add" in shown) is (config == "passkey")
        assert (await visitor.say("approve")).status_code == 403
        assert await opened.desk.state(code) == "waiting"
        assert (await visitor.say("refuse")).status_code == 303
        assert await opened.desk.state(code) == "refused"


async def test_no_other_word_is_an_answer(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        for word in ("", "yes", "approve ", "APPROVE"):
            assert (await visitor.say(word)).status_code == 400, word
        assert await opened.desk.state(code) == "waiting"


@pytest.mark.parametrize(
    "fault, title, words",
    [
        ("reject", "Rejected", "too late"),
        ("refuse", "Rejected", "no such luck"),
        ("lose_answer", "Resting", "fake:o1"),
        ("lose_request", "Unknown", "Nothing is sent a second time"),
    ],
)
async def test_what_the_venue_said_is_told_plainly(stage, visit, fault, title, words):
    async with stage(faults=[fault]) as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        await visitor.say("approve")
        shown = ""
        for _ in range(200):
            shown = (await visitor.look()).text
            if f"<h1>{title}</h1>" in shown:
                break
            await asyncio.sleep(0.02)
        assert f"<h1>{title}</h1>" in shown
        assert words in shown
        assert len(opened.venue.sendings) == 1


async def test_the_script_is_told_the_same(stage, visit):
    async with stage() as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        await visitor.look()
        told = (await visitor.client.get(f"{address}/fate")).json()
        assert (told["kind"], told["moving"]) == ("open", False)
        await visitor.say("approve")
        await end_of(visitor)
        told = (await visitor.client.get(f"{address}/fate")).json()
        assert told == {
            "said": "It waits in the book as fake:o1.",
            "kind": "done-wait",
            "title": "Resting",
            "moving": False,
        }


async def test_closing_waits_until_whoever_decided_has_seen_the_end(stage, visit):
    async with stage(linger=30.0) as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        await visitor.say("approve")
        closing = asyncio.create_task(opened.page.aclose())
        assert "Resting" in await end_of(visitor)
        await asyncio.wait_for(closing, 10)
        assert len(opened.venue.orders) == 1


async def test_a_market_that_ran_away_makes_the_yes_void(stage, visit):
    async with stage() as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        seal = await visitor.seal()
        opened.venue.trading = "paused"
        await visitor.say("approve", seal=seal)
        shown = await end_of(visitor)
        assert "Not sent" in shown or "Rejected" in shown
        assert opened.venue.orders == []
