"""Which tools are there in which mode: what a mode closes cannot even be called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastmcp import Client
from pmi_mcp_doubles import provider
from pmi_mcp_world import World

from pmi_core import Capability, WriteClass
from pmi_core.settings import Mode
from pmi_mcp.tools import ALL

pytestmark = pytest.mark.anyio

WRITERS = {spec.name for spec in ALL if spec.writes is not None}
READERS = {spec.name for spec in ALL if spec.writes is None}
CAPS = '[policy]\nmax_order = "5"\nmax_day = "9"\n'
CHANGING = {"create", "cancel", "amend", "accept", "confirm", "update", "open", "engage"}


def moving(what, name="alpha", can=frozenset(Capability)):
    """A provider that says what its orders move, or does not say."""
    told = None if what is None else (lambda settings: what)
    return replace(provider(World(name)), capabilities=can, write_class=told)


async def names(server):
    async with Client(server) as client:
        return {tool.name for tool in await client.list_tools()}


def may_write(mode, moves, capped):
    """The rule, in other words than the code's."""
    if moves is WriteClass.SIMULATED:
        return mode is not Mode.READ_ONLY
    if moves is WriteClass.DEMO:
        return mode in (Mode.DEMO, Mode.LIVE)
    return mode is Mode.LIVE and capped


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("moves", [*WriteClass, None])
@pytest.mark.parametrize("capped", [True, False])
async def test_tools_that_write_are_there_where_the_mode_lets_something_be_written(
    serve, registry_of, mode, moves, capped
):
    toml = f'mode = "{mode.value}"\n{CAPS if capped else ""}'
    server = serve(registry=registry_of(moving(moves), toml=toml))
    open_to_writing = may_write(mode, moves, capped)
    assert await names(server) == (READERS | WRITERS if open_to_writing else READERS)
    assert ("no tool changes anything" in server.instructions) is not open_to_writing


@pytest.mark.parametrize("toolsets", ["all", "core", "trading,rfq"])
async def test_read_only_wins_over_everything(serve, registry_of, toolsets):
    registry = registry_of(moving(WriteClass.SIMULATED), toml=f'mode = "live"\n{CAPS}')
    server = serve(registry=registry, read_only=True, toolsets=toolsets)
    offered = await names(server)
    assert offered <= READERS
    assert not [name for name in offered if CHANGING & set(name.split("_"))]
    assert "no tool changes anything" in server.instructions


async def test_a_tool_that_is_closed_cannot_be_called(serve, registry_of):
    server = serve(registry=registry_of(moving(WriteClass.REAL)))
    arguments = {"market": "alpha:RATE-1#yes", "action": "buy", "size": "1", "price": "0.5"}
    async with Client(server) as client:
        answer = await client.call_tool("create_order", arguments, raise_on_error=False)
    assert answer.is_error
    assert "Unknown tool" in answer.content[0].text


async def test_one_venue_that_may_be_written_to_is_enough(serve, registry_of):
    both = registry_of(moving(WriteClass.REAL), moving(WriteClass.SIMULATED, "beta"))
    assert await names(serve(registry=both)) == READERS | WRITERS


async def test_a_venue_that_may_not_be_written_to_lends_nothing(serve, registry_of):
    trades_only = frozenset({Capability.MARKETS, Capability.BOOKS, Capability.ORDERS})
    both = registry_of(moving(WriteClass.REAL), moving(WriteClass.SIMULATED, "beta", trades_only))
    offered = await names(serve(registry=both))
    assert offered >= READERS
    assert {"create_order", "confirm_order", "cancel_orders", "engage_kill_switch"} <= offered
    assert not {"create_order_group", "create_rfq", "accept_quote", "open_combo", "amend_order"} & offered


async def test_the_server_may_be_kept_from_the_venue_that_can_be_written_to(serve, registry_of):
    both = registry_of(moving(WriteClass.REAL), moving(WriteClass.SIMULATED, "beta"))
    assert await names(serve(registry=both, venues=("alpha",))) == READERS


@pytest.mark.parametrize("toolset", ["trading", "groups", "rfq"])
async def test_what_waits_for_a_person_can_always_be_asked_about(serve, registry_of, toolset):
    registry = registry_of(moving(WriteClass.SIMULATED))
    offered = await names(serve(registry=registry, toolsets=toolset))
    assert "confirm_order" in offered
    closed = await names(serve(registry=registry_of(moving(WriteClass.REAL)), toolsets=toolset))
    assert "confirm_order" not in closed


async def test_where_nothing_is_ordered_there_is_nothing_to_ask_about(serve, registry_of):
    registry = registry_of(moving(WriteClass.SIMULATED))
    assert "confirm_order" not in await names(serve(registry=registry, toolsets="browse"))


@pytest.mark.parametrize("moves", [*WriteClass, None])
async def test_what_orders_move_is_said_before_a_venue_is_opened(serve, registry_of, moves):
    registry = registry_of(moving(moves), toml='mode = "demo"\n')
    async with Client(serve(registry=registry)) as client:
        told = (await client.call_tool("list_venues", {})).structured_content
    assert told["mode"] == "demo"
    assert told["venues"][0].get("orders_move") == (None if moves is None else moves.value)
    assert not registry.opened


@pytest.mark.parametrize("read_only", [True, False])
async def test_the_checklist_leads_to_an_order_where_one_can_be_placed(serve, registry_of, read_only):
    server = serve(registry=registry_of(moving(WriteClass.SIMULATED)), read_only=read_only)
    async with Client(server) as client:
        (message,) = (await client.get_prompt("pre_trade_checklist", {"market": "alpha:RATE-1"})).messages
    assert ("`create_order`" in message.content.text) is not read_only
    assert ("places no orders" in message.content.text) is read_only
