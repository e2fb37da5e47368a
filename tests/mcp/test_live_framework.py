"""The framework still has what live data needs of its inside: fails when it changes, and says where to look."""

from __future__ import annotations

import pytest
from fastmcp import Client, Context, FastMCP
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp_types import EmptyResult, SubscribeRequestParams

from pmi_mcp.live.framework import connection_of, handle

pytestmark = pytest.mark.anyio

LOOK = "the framework changed: see pmi_mcp/live/framework.py"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_connection_holds_state_and_tells_of_its_end(mode):
    server, seen, ended = FastMCP("probe"), [], []

    @server.tool
    async def look(context: Context) -> str:
        connection = connection_of(context.request_context.session)
        seen.append(connection.state.setdefault("count", len(seen)))

        async def end():
            ended.append(True)

        connection.exit_stack.push_async_callback(end)
        return str(connection.session_id)

    async with Client(server, mode=mode) as client:
        await client.call_tool("look")
        await client.call_tool("look")
        assert seen == ([0, 0] if mode == "legacy" else [0, 1]), LOOK
        assert mode == "auto" or not ended, LOOK
    assert ended == [True, True], LOOK


async def test_a_method_that_the_framework_does_not_serve_can_be_served():
    server, heard = FastMCP("probe"), []

    async def subscribe(context, params):
        heard.append(str(params.uri))
        return EmptyResult()

    handle(server, "resources/subscribe", SubscribeRequestParams, subscribe)
    async with Client(server, mode="legacy") as client:
        assert client.initialize_result.capabilities.resources.subscribe is True, LOOK
        with pytest.warns(MCPDeprecationWarning, match="removed as of 2026-07-28"):
            await client.session.subscribe_resource("pmi://book/x:y")
    assert heard == ["pmi://book/x:y"], LOOK
