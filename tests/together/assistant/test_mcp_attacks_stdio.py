"""The same road with the program itself: several servers, each a process, over one data folder."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from mcp.shared.exceptions import MCPError
from mcp_types import ElicitResult

from pmi_core.clock import SystemClock

pytestmark = pytest.mark.anyio

RUN = ["-c", "import sys; from pmi_mcp.server import main; sys.exit(main())"]
YES = {"approval": ElicitResult(action="accept", content={"approve": True})}


@pytest.fixture
def clock():
    """That of the processes: prices stand still all the same."""
    return SystemClock()


@pytest.fixture
def process(house):
    """A client of a new server process."""
    environment = {
        "PMI_HOME": str(house.folder),
        "PMI_CONFIG": str(house.config),
        "PMI_MCP_TOOLSETS": "all",
    }

    def start(person, mode="auto"):
        transport = StdioTransport(sys.executable, RUN, env=environment, keep_alive=False)
        return Client(transport, mode=mode, elicitation_handler=person)

    return start


async def leg(client, arguments, **rest):
    return await client.session.call_tool("create_order", arguments, allow_input_required=True, **rest)


async def test_processes_that_redeem_one_yes_at_once_send_one_order(house, process, person, bid):
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(process(person())) for _ in range(2)]
        asked = await leg(one, bid)
        state = asked.request_state
        with pytest.raises(MCPError, match="requestState"):
            await leg(two, bid | {"size": "4"}, input_responses=YES, request_state=state)
        answers = await asyncio.gather(
            *[leg(client, bid, input_responses=YES, request_state=state) for client in (one, two) * 3]
        )
    (order,) = await house.orders()
    told = [answer.structured_content for answer in answers if not answer.is_error]
    assert sum("repeated" not in one for one in told) == 1
    assert {row["ref"] for one in told for row in one["orders"] if "ref" in row} == {order.ref}
    async with process(person()) as after:
        replayed = await leg(after, bid, input_responses=YES, request_state=state)
        assert replayed.structured_content["repeated"] is True
    assert await house.orders() == (order,)


async def test_an_old_client_orders_and_a_new_process_knows_of_it(house, process, person, bid):
    asked = person()
    async with process(asked, "legacy") as client:
        told = (await client.call_tool("create_order", bid)).structured_content
    assert len(asked.questions) == 1
    assert told["status"] == "open"
    async with process(person("decline"), "legacy") as client:
        again = (await client.call_tool("confirm_order", {"code": told["code"]})).structured_content
        assert (again["repeated"], again["orders"][0]["ref"]) == (True, told["orders"][0]["ref"])
        refused = (await client.call_tool("create_order", bid)).structured_content
        assert refused["status"] == "refused"
    assert len(await house.orders()) == 1
