"""Where a venue names no account, its settings tell accounts apart."""

from __future__ import annotations

import pytest
from desk_double import Double

from pmi_core.desk import TicketState
from pmi_core.errors import OrderRefused

pytestmark = pytest.mark.anyio

ONE = '[venues.fake]\nkey_file = "one.pem"\n'


@pytest.fixture
def venue(clock):
    return Double(clock, account=None)


async def test_another_setting_is_another_account(open_desk, venue, draft, approved):
    async with open_desk(venue, config=ONE) as desk:
        code = await approved(desk, draft())
    async with open_desk(venue, config=ONE.replace("one", "two")) as desk:
        with pytest.raises(OrderRefused, match="not the account"):
            await desk.send(code)
        assert await desk.state(code) is TicketState.VOID
    assert venue.sendings == []


async def test_the_same_settings_are_the_same_account(open_desk, venue, draft, approved):
    async with open_desk(venue, config=ONE) as desk:
        code = await approved(desk, draft())
    async with open_desk(venue, config=ONE) as desk:
        assert (await desk.send(code)).settled


async def test_a_secret_leaves_no_trace(open_desk, venue, draft, tmp_path):
    secret = "hunter2-hunter2"
    async with open_desk(venue, config=f'[venues.fake]\npassword = "{secret}"\n') as desk:
        first = await desk.preview(draft())
        kept = [line async for line in desk.export()]
    async with open_desk(venue) as desk:
        second = await desk.preview(draft())
        bodies = {
            entry.body["payload"]["settings"] async for entry in desk.entries() if entry.kind == "preview"
        }
    assert first.account is second.account is None
    assert not any(secret in line for line in kept)
    assert len(bodies) == 1


async def test_a_named_account_is_not_bound_to_settings(open_desk, draft, approved, clock):
    venue = Double(clock, account="acme")
    async with open_desk(venue, config=ONE) as desk:
        code = await approved(desk, draft())
    async with open_desk(venue, config=ONE.replace("one", "two")) as desk:
        assert (await desk.send(code)).settled
