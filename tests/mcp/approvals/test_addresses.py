"""An address is for one draft and one browser, and gone after a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pmi_core.errors import NotFound, RequestError
from pmi_core.testing.clock import ManualClock
from pmi_mcp.approvals import ApprovalPage, PageSettings
from pmi_mcp.approvals.addresses import Addresses

pytestmark = pytest.mark.anyio


def test_an_address_cannot_be_guessed_and_ends():
    clock = ManualClock()
    addresses = Addresses(clock)
    one, two = (addresses.issue("AAAA-BBBB", clock.now() + timedelta(minutes=5)) for _ in range(2))
    assert len({one.token, two.token}) == 2
    assert len(one.token) >= 43
    assert addresses.find(one.token) is one
    for wrong in ("", one.token[:-1], one.token + "A", one.token.swapcase(), "\udc80", "ä" * 43):
        assert addresses.find(wrong) is None
    clock.set(clock.now() + timedelta(minutes=5))
    assert addresses.find(one.token) is None


def test_whoever_opens_an_address_first_owns_it():
    clock = ManualClock()
    address = Addresses(clock).issue("x", clock.now() + timedelta(minutes=1))
    secret = address.claim()
    assert address.claim() is None
    assert address.belongs_to(secret)
    assert not address.belongs_to(secret + "x")
    assert not address.belongs_to(None)
    assert address.sealed(secret, address.seal(secret))
    assert not address.sealed(secret, address.seal("another"))
    assert not address.sealed(secret, "ä")


def test_what_a_ceremony_keeps_is_given_once():
    clock = ManualClock()
    address = Addresses(clock).issue("x", clock.now() + timedelta(minutes=1))
    address.state = {"challenge": "c"}
    assert address.take_state() == {"challenge": "c"}
    assert address.take_state() is None


def test_many_addresses_push_the_oldest_out():
    clock = ManualClock()
    addresses = Addresses(clock)
    first = addresses.issue("x", clock.now() + timedelta(minutes=1))
    for _ in range(600):
        last = addresses.issue("x", clock.now() + timedelta(minutes=1))
    assert addresses.find(first.token) is None
    assert addresses.find(last.token) is last


async def test_another_browser_sees_nothing_and_decides_nothing(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        owner, stranger = visit(address), visit(address)
        seal = await owner.seal()
        seen = await stranger.look()
        assert seen.status_code == 403
        assert "rate" not in seen.text
        assert (await stranger.say("approve", seal=seal)).status_code == 403
        assert (await stranger.client.get(f"{address}/fate")).status_code == 403
        assert await opened.desk.state(code) == "waiting"
        assert (await owner.say("approve")).status_code == 303


async def test_the_seal_of_one_address_is_none_on_another(stage, visit):
    async with stage() as opened:
        _, one = await opened.waiting()
        code, two = await opened.waiting(size="3")
        answer = await visit(two).say("approve", seal=await visit(one).seal())
        assert answer.status_code == 403
        assert await opened.desk.state(code) == "waiting"


async def test_an_unknown_an_old_and_a_closed_address_look_the_same(stage, visit):
    async with stage() as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        assert (await visitor.look()).status_code == 200
        unknown = await visitor.client.get(f"{visitor.origin}/{'A' * 43}")
        await opened.clock.advance(24 * 3600)
        old = await visitor.look()
        assert (unknown.status_code, unknown.text) == (old.status_code, old.text) == (404, old.text)
        assert await visitor.send("/challenge", {}) is not None
        assert (await visitor.send("/challenge", {})).status_code == 404


async def test_the_address_of_what_does_not_exist_is_an_error(stage):
    async with stage() as opened:
        with pytest.raises(NotFound):
            await opened.page.address("AAAA-AAAA")
        assert not await opened.page.present("AAAA-AAAA")


async def test_nothing_is_started_before_it_is_needed(stage, monkeypatch):
    from pmi_mcp.approvals.loopback import Loopback

    started = []
    start = Loopback.start

    async def spy(self, make):
        started.append(self)
        await start(self, make)

    monkeypatch.setattr(Loopback, "start", spy)
    async with stage() as opened:
        preview = await opened.preview()
        assert started == []
        one, two = await opened.page.address(preview.code), await opened.page.address(preview.code)
        assert one != two
        assert len(started) == 1


async def test_the_browser_gets_the_address_and_nobody_else(stage):
    seen = []

    async def opener(address):
        seen.append(address)
        return True

    async with stage(opener=opener) as opened:
        preview = await opened.preview()
        assert await opened.page.present(preview.code) is True
        (address,) = seen
        assert address.startswith("http://localhost:")
        assert preview.code not in address


async def test_no_browser_is_opened_where_there_is_none_or_it_is_switched_off(stage):
    seen = []

    async def opener(address):
        seen.append(address)
        return False

    async with stage(opener=opener) as opened:
        code = (await opened.preview()).code
        assert not await opened.page.present(code)
        assert len(seen) == 1
        for settings in (PageSettings(open_browser=False), PageSettings(page=False)):
            async with ApprovalPage(opened.desk, settings, opener=opener) as page:
                assert not await page.present(code)
        assert len(seen) == 1
        with pytest.raises(RequestError, match="switched off"):
            await ApprovalPage(opened.desk, PageSettings(page=False)).address(code)


async def test_a_closed_page_answers_no_more(stage, visit):
    import httpx2

    async with stage() as opened:
        _, address = await opened.waiting()
        visitor = visit(address)
        assert (await visitor.look()).status_code == 200
        await opened.page.aclose()
        with pytest.raises(httpx2.TransportError):
            await visitor.look()
