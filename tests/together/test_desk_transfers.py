"""Cash moves between the shards and subaccounts of a whole exchange, by the desk alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core import Registry
from pmi_core.desk import ApprovalChannel, Desk, TransferDraft
from pmi_core.errors import Duplicate, RequestError, VenueError
from pmi_core.testing.clock import ManualClock
from pmi_core.transfers import TransferRequest
from pmi_provider_kalshi.sandbox import Sandbox

pytestmark = pytest.mark.anyio
CONFIG = """
mode = "live"
[policy]
max_order = 10
max_day = 10
[venues.kalshi]
environment = "custom"
rest_url = "{0.rest_url}"
api_key_id = "{0.api_key_id}"
private_key_path = "{1}"
"""


@pytest.fixture
async def registry(tmp_path):
    clock = ManualClock(auto=True)
    async with Sandbox(clock=clock, moving=False) as sandbox:
        key, config = tmp_path / "key.pem", tmp_path / "pmi.toml"
        key.write_text(sandbox.private_key, encoding="utf-8")
        config.write_text(CONFIG.format(sandbox, key), encoding="utf-8")
        for path in (key, config):
            path.chmod(0o600)
        async with Registry.load(
            config_path=config, environ={"PMI_HOME": str(tmp_path)}, clock=clock
        ) as registry:
            yield registry


async def cash(venue):
    return {place.name: place.cash for place in await venue.transfers.list_places()}


def draft(source, destination, amount):
    return TransferDraft(venue="kalshi", source=source, destination=destination, amount=Decimal(amount))


async def test_cash_reaches_a_subaccount_on_another_shard_in_two_steps(registry):
    venue = await registry.venue("kalshi")
    assert await venue.native.subaccounts.create() == 1
    async with Desk(registry) as desk:
        with pytest.raises(RequestError, match="primary subaccount"):
            await desk.preview(draft("0/0", "1/2", "25"))
        for source, destination in (("0/0", "0/2"), ("0/2", "1/2")):
            preview = await desk.preview(draft(source, destination, "25.50"))
            assert preview.max_loss == 0
            await desk.approve(preview.code, ApprovalChannel.TERMINAL, "test")
            (one,) = (await desk.send(preview.code)).orders
            assert one.state.value == "done"
    now = await cash(venue)
    assert (now["0/0"], now["0/2"], now["1/2"]) == (Decimal("9974.5"), 10_000, Decimal("25.5"))


async def test_what_moved_is_found_again(registry):
    """By the id between shards; by what it was between subaccounts, where two alike are not told apart."""
    venue = await registry.venue("kalshi")
    await venue.native.subaccounts.create()
    moves, since = venue.transfers, registry.clock.now()
    across = TransferRequest(client_transfer_id="a", source="0/0", destination="0/3", amount="1.2345")
    within = TransferRequest(client_transfer_id="b", source="0/1", destination="1/1", amount="1.23")
    for request in (across, within):
        assert await moves.find_transfer(request, since) is None
        made = await moves.transfer(request)
        found = await moves.find_transfer(request, since)
        assert (found.done, found.amount, found.id is not None) == (True, made.amount, True)
        with pytest.raises(Duplicate):
            await moves.transfer(request)
    other = across.model_copy(update={"client_transfer_id": "c"})
    assert await moves.find_transfer(other, since) is None
    again = within.model_copy(update={"client_transfer_id": "d"})
    await moves.transfer(again)
    with pytest.raises(VenueError, match="several"):
        await moves.find_transfer(again, since)


@pytest.mark.parametrize(
    "source, destination, amount",
    [
        ("0/0", "0/0", "1"),
        ("0/0", "0/1", "0.00001"),
        ("0/0", "1/0", "0.001"),
        ("0", "0/1", "1"),
        ("0/x", "0/1", "1"),
    ],
)
async def test_what_the_venue_never_does_is_not_sent(registry, source, destination, amount):
    venue = await registry.venue("kalshi")
    request = TransferRequest(client_transfer_id="a", source=source, destination=destination, amount=amount)
    before = await cash(venue)
    with pytest.raises(RequestError):
        await venue.transfers.transfer(request)
    assert await cash(venue) == before
