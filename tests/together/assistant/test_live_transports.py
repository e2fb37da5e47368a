"""Following by a real client over pipes and over HTTP, in both eras: subscribe, read, watch, end."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import warnings
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from mcp.client.subscriptions import listen
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp_types import ResourceUpdatedNotification

from pmi_core.clock import SystemClock

pytestmark = pytest.mark.anyio

RUN = ["-c", "import sys; from pmi_mcp.server import main; sys.exit(main())"]
PATIENCE = 60
"""Seconds, as a guard only."""


@pytest.fixture
def clock():
    """That of the processes: prices stand still all the same."""
    return SystemClock()


@asynccontextmanager
async def over_pipes(house):
    environment = {
        "PMI_HOME": str(house.folder),
        "PMI_CONFIG": str(house.config),
        "PMI_MCP_TOOLSETS": "all",
    }
    yield StdioTransport(sys.executable, RUN, env=environment, keep_alive=False)


@asynccontextmanager
async def over_http(house):
    """The same server on a port of this machine, in this process."""
    app = house.server().http_app(path="/mcp")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = uvicorn.Server(
            uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, ws="none", lifespan="on")
        )
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        try:
            async with asyncio.timeout(PATIENCE):
                while not running.started:
                    await asyncio.sleep(0.01)
            yield StreamableHttpTransport(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp")
        finally:
            running.should_exit = True
            await serving


@asynccontextmanager
async def watching(client, mode, uri, heard):
    """Notices of a resource, as each era has them."""
    if mode == "legacy":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MCPDeprecationWarning)
            await client.session.subscribe_resource(uri)
            yield heard.get
            await client.session.unsubscribe_resource(uri)
        return
    async with listen(client.session, resource_subscriptions=[uri]) as events:

        async def first():
            return str((await anext(events)).uri)

        yield first


@pytest.mark.parametrize("over", [over_pipes, over_http], ids=["pipes", "http"])
@pytest.mark.parametrize("mode", ["auto", "legacy"], ids=["modern", "handshake"])
async def test_a_client_follows_a_market_and_its_orders(house, person, bid, market, over, mode):
    heard = asyncio.Queue()

    async def hear(message):
        message = getattr(message, "root", message)
        if isinstance(message, ResourceUpdatedNotification):
            heard.put_nowait(str(message.params.uri))

    async def ask(tool, **arguments):
        answer = await client.call_tool(tool, arguments, raise_on_error=False)
        assert not answer.is_error, answer.content[0].text
        return answer.structured_content

    async with (
        over(house) as transport,
        asyncio.timeout(PATIENCE),
        Client(transport, mode=mode, elicitation_handler=person(), message_handler=hear) as client,
    ):
        taken = await ask("subscribe", markets=[market.ref], updates=["book", "orders"])
        name, cursor = taken["subscription"], None
        book = None
        while book is None:
            told = await ask("read_updates", subscription=name, cursor=cursor)
            cursor = told["cursor"]
            book = next((row.get("book") for row in told.get("markets", ())), None)
        uri = f"pmi://book/{market.ref}"
        async with watching(client, mode, uri, heard) as notice:
            assert await notice() == uri
            order = (await ask("create_order", **bid))["orders"][0]
            assert await notice() == uri
            shown = json.loads((await client.read_resource(uri))[0].text)
            assert shown["state"] == "live", "a watched book is the one that is heard"
        statuses = []
        while "open" not in statuses:
            told = await ask("read_updates", subscription=name, cursor=cursor)
            cursor = told["cursor"]
            statuses += [row["status"] for row in told["events"] if row.get("ref") == order["ref"]]
        assert (await ask("unsubscribe", subscription=name))["ended"] == [name]
        gone = await client.call_tool("read_updates", {"subscription": name}, raise_on_error=False)
        assert gone.is_error
