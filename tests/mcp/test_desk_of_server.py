"""The desk of a server: opened late, tended, closed; a venue that cannot be opened stops nothing."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from pmi_mcp_doubles import provider
from pmi_mcp_world import World

from pmi_core import Unreachable, WriteClass
from pmi_mcp.sealing import Seal, read_key
from pmi_mcp.trading import Trading
from pmi_mcp.venues import Venues

pytestmark = pytest.mark.anyio

BID = {"market": "alpha:RATE-1", "outcome": "yes", "action": "buy", "size": "5", "price": "0.42"}


def simulated(world, **more):
    return dataclasses.replace(provider(world, **more), write_class=lambda settings: WriteClass.SIMULATED)


async def test_a_venue_that_cannot_be_opened_stops_nothing_else(serve, registry_of, connect):
    closed = simulated(World(), opening=Unreachable("no line"))
    server = serve(registry=registry_of(closed, simulated(World("beta"))), toolsets="all")
    async with connect(server) as client:
        told = await client.fail("create_order", **BID)
        assert "no line" in told["message"]
        assert (await client.ask("get_balance", venue="beta"))["balances"]
        engaged = await client.ask("engage_kill_switch", reason="stop")
        assert engaged["status"] == "engaged"


async def test_it_is_opened_after_the_first_answer_and_closed_in_the_end(registry_of, tmp_path, monkeypatch):
    monkeypatch.setattr("pmi_mcp.trading._AFTERWARDS", 0.0)
    registry = registry_of(simulated(World()))
    trading = Trading(Venues(registry))
    owners = tmp_path / "desk" / "owners"
    async with registry, trading.serving():
        await asyncio.sleep(0.05)
        assert not owners.exists(), "nothing is opened before anybody was answered"
        trading.answered()
        async with asyncio.timeout(60):
            desk = await trading.desk()
        assert list(owners.iterdir())
        assert await trading.desk() is desk
    with pytest.raises(Exception, match="the server is ending"):
        await trading.desk()


async def test_it_is_tried_again_when_it_could_not_be_opened(registry_of, monkeypatch):
    registry = registry_of(simulated(World()))
    trading = Trading(Venues(registry))
    async with registry, trading.serving():
        with monkeypatch.context() as broken:
            broken.setattr("pmi_core.desk.desk.Desk.__init__", refuse)
            with pytest.raises(Unreachable, match="not now"):
                await trading.desk()
        assert await trading.desk() is not None


def refuse(self, registry):
    raise Unreachable("not now")


async def test_a_page_that_cannot_be_is_no_reason_to_order_nothing(serve, registry_of, connect):
    world = World()
    world.orders = []
    registry = registry_of(simulated(world), toml="[approvals]\npage = false\n")
    async with connect(serve(registry=registry, toolsets="all")) as client:
        told = await client.ask("create_order", **BID)
    assert told["status"] == "waiting"
    assert "pmi approve" in told["next"]


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    key = read_key(tmp_path)
    assert read_key(tmp_path) == key
    assert len(key) == 32
    (file,) = (tmp_path / "desk").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert Seal(key).key == key


def test_a_key_that_is_damaged_is_not_used(tmp_path):
    read_key(tmp_path)
    (tmp_path / "desk" / "server.key").write_bytes(b"short")
    first, second = read_key(tmp_path), read_key(tmp_path)
    assert len(first) == 32
    assert first != second, "each process has its own then"
