"""Which tools that write are there, in which mode, and what is said of them."""

from __future__ import annotations

import dataclasses
import json

import pytest
from fastmcp import Client
from pmi_mcp_doubles import CAN, provider
from pmi_mcp_world import World

from pmi_core import Capability, WriteClass
from pmi_core.settings import ProviderSettings
from pmi_mcp.settings import Toolset
from pmi_mcp.tools import ALL, Writes

pytestmark = pytest.mark.anyio

CAPS = '[policy]\nmax_order = "5"\nmax_day = "10"\n'
SIMULATED, DEMO, REAL = WriteClass
ORDERS = {
    "create_order",
    "amend_order",
    "confirm_order",
    "cancel_orders",
    "batch_create_orders",
    "batch_cancel_orders",
    "engage_kill_switch",
}


class StrictSettings(ProviderSettings):
    """Settings without which nothing can be told."""

    key: str


def writing(world, moves, can=CAN, settings=ProviderSettings):
    """A provider that tells what an order moves; None for one that does not."""
    told = None if moves is None else lambda settings: moves
    return dataclasses.replace(provider(world, can=can, settings=settings), write_class=told)


async def written(server):
    """The names of the tools that write."""
    async with Client(server) as client:
        tools = await client.list_tools()
    return {tool.name for tool in tools if not tool.annotations.read_only_hint}


@pytest.mark.parametrize(
    "toml, moves, there",
    [
        ('mode = "read-only"\n', SIMULATED, False),
        ("", SIMULATED, True),
        ("", DEMO, False),
        ("", REAL, False),
        ("", None, False),
        ('mode = "demo"\n', SIMULATED, True),
        ('mode = "demo"\n', DEMO, True),
        ('mode = "demo"\n', REAL, False),
        ('mode = "demo"\n', None, False),
        ('mode = "live"\n', REAL, False),
        ('mode = "live"\n' + CAPS, REAL, True),
        ('mode = "live"\n' + CAPS, None, True),
        ('mode = "live"\n', SIMULATED, True),
    ],
)
async def test_a_mode_that_is_closed_has_no_tools_that_write(serve, registry_of, toml, moves, there):
    registry = registry_of(writing(World(), moves), toml=toml)
    found = await written(serve(registry=registry, toolsets="all"))
    assert bool(found) is there
    assert not there or found >= ORDERS - {"amend_order"}


async def test_read_only_wins_over_every_mode(serve, registry_of):
    registry = registry_of(writing(World(), REAL), toml='mode = "live"\n' + CAPS)
    server = serve(registry=registry, toolsets="all", read_only=True)
    assert await written(server) == set()
    assert "no tool changes anything" in server.instructions


async def test_a_tool_needs_a_venue_that_can_and_may(serve, registry_of):
    registry = registry_of(
        writing(World(), SIMULATED, can=frozenset({Capability.MARKETS, Capability.GROUPS})),
        writing(World("beta"), REAL),
    )
    found = await written(serve(registry=registry, toolsets="all"))
    assert "create_order" not in found
    assert "engage_kill_switch" in found


async def test_a_venue_whose_settings_are_wrong_is_not_written_to(serve, registry_of):
    registry = registry_of(writing(World(), SIMULATED, settings=StrictSettings))
    assert await written(serve(registry=registry, toolsets="all")) == set()


async def test_a_server_kept_to_one_venue_writes_only_there(serve, registry_of):
    registry = registry_of(writing(World(), REAL), writing(World("beta"), SIMULATED))
    assert await written(serve(registry=registry, toolsets="all", venues=("alpha",))) == set()


async def test_where_nothing_may_be_written_no_desk_is_opened(serve, registry_of, tmp_path):
    async with Client(serve(registry=registry_of(writing(World(), REAL)), toolsets="all")) as client:
        await client.list_tools()
    assert not (tmp_path / "desk").exists()


@pytest.fixture
async def described(serve, registry_of):
    """Each tool of orders as clients are told of it."""
    able = CAN | {Capability.AMEND, Capability.BATCH}
    double = dataclasses.replace(writing(World(), SIMULATED), capabilities=able)
    async with Client(serve(registry=registry_of(double), toolsets="all")) as client:
        tools = await client.list_tools()
    return {tool.name: tool for tool in tools if tool.name in ORDERS}


async def test_what_is_said_of_them(described, snapshot):
    told = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in described.values()]
    assert json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) == snapshot


async def test_every_argument_is_described(described):
    assert set(described) == ORDERS
    for tool in described.values():
        assert tool.input_schema["additionalProperties"] is False
        legs = tool.input_schema["properties"].get("orders", {}).get("items", {})
        assert legs.get("additionalProperties", False) is False
        for name, schema in (tool.input_schema["properties"] | legs.get("properties", {})).items():
            assert schema.get("description"), (tool.name, name)
            assert "anyOf" not in schema, (tool.name, name)


async def test_hints_tell_what_may_be_destroyed_and_what_may_be_repeated(described):
    hints = {name: tool.annotations for name, tool in described.items()}
    for name in ORDERS:
        assert hints[name].read_only_hint is False
        assert hints[name].destructive_hint is True
    assert {name for name in ORDERS if hints[name].idempotent_hint} == {
        "confirm_order",
        "cancel_orders",
        "batch_cancel_orders",
        "engage_kill_switch",
    }
    assert {name for name in ORDERS if not hints[name].open_world_hint} == {"engage_kill_switch"}


def test_what_stops_is_in_the_core():
    core = {spec.name for spec in ALL if spec.toolset is Toolset.CORE and spec.writes is Writes.REDUCES}
    assert core == {"cancel_orders", "engage_kill_switch"}


def test_no_tool_widens_a_rule():
    for spec in ALL:
        words = set(spec.name.split("_"))
        assert not words & {"mode", "policy", "cap", "caps", "release", "approve", "config", "settings"}
