"""How much a client pays for the list of tools before it asked anything, with every tool that writes in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastmcp import Client
from pmi_mcp_doubles import provider
from pmi_mcp_world import World

from pmi_core import Capability, WriteClass
from pmi_mcp.settings import Toolset
from pmi_mcp.tools import ALL

pytestmark = pytest.mark.anyio


@pytest.fixture
def whole(serve, registry_of):
    """A server over a venue that can do everything and may be written to."""

    def make(**settings):
        able = replace(
            provider(World()),
            capabilities=frozenset(Capability),
            write_class=lambda settings: WriteClass.SIMULATED,
        )
        return serve(registry=registry_of(able), **settings)

    return make


async def listed(server, mode="auto"):
    """The names, and the bytes of the whole answer."""
    async with Client(server, mode=mode) as client:
        answer = await client.list_tools_mcp()
    assert answer.next_cursor is None
    sent = answer.model_dump_json(by_alias=True, exclude_none=True)
    return [tool.name for tool in answer.tools], len(sent.encode())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_a_client_gets_by_default_is_small(whole, mode):
    names, size = await listed(whole(toolsets={Toolset.CORE}), mode)
    assert names == [spec.name for spec in ALL if spec.toolset is Toolset.CORE]
    assert len(names) <= 15
    assert size <= 12_000


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_everything_together_is_bearable(whole, mode):
    names, size = await listed(whole(toolsets="all"), mode)
    assert names == [spec.name for spec in ALL]
    assert size <= 30_000


async def test_the_core_is_enough_to_look_to_order_and_to_stop(whole):
    names, _ = await listed(whole(toolsets="core"))
    assert set(names) == {
        "list_venues",
        "search_markets",
        "get_market",
        "get_event",
        "get_orderbook",
        "get_trades",
        "get_candlesticks",
        "quote_cost",
        "get_account",
        "get_orders",
        "create_order",
        "confirm_order",
        "cancel_orders",
        "engage_kill_switch",
    }


async def test_prompts_cost_little(whole):
    async with Client(whole()) as client:
        prompts = [
            prompt.model_dump_json(by_alias=True, exclude_none=True) for prompt in await client.list_prompts()
        ]
    assert len(prompts) == 3
    assert sum(map(len, prompts)) < 1_800


async def test_every_tool_says_what_it_changes(whole):
    async with Client(whole(toolsets="all")) as client:
        tools = {tool.name: tool for tool in await client.list_tools()}
    for spec in ALL:
        tool = tools[spec.name]
        assert tool.annotations.read_only_hint is (spec.writes is None), spec.name
        assert tool.title, spec.name
        assert len(tool.description) > 15, spec.name
        for name, schema in tool.input_schema["properties"].items():
            assert schema.get("description") or schema.get("items"), (spec.name, name)
