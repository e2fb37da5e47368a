"""The tool that waits for what becomes of a draft."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_mcp.caller import Caller
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.spec import ToolSpec, Writes

__all__ = ["TOOLS", "confirm_order"]


async def confirm_order(
    caller: Caller,
    *,
    code: Annotated[str, Field(max_length=40, description="From the answer that waits")],
    token: Annotated[
        str | None,
        Field(max_length=100, description="From that answer, where it gave one: you send it yourself"),
    ] = None,
) -> Answer:
    """Wait for the outcome of a code; with its token, send it."""
    return await caller.outcome(code, token)


TOOLS = (
    ToolSpec(
        function=confirm_order,
        title="Confirm order",
        description="Wait up to 25 s for what becomes of a previewed code, and report it. It approves nothing by "
        "itself; call it again while status is `waiting`, `sending` or `unknown`.",
        toolset=Toolset.CORE,
        needs=(Capability.ORDERS, Capability.AMEND, Capability.QUOTES, Capability.GROUPS),
        writes=Writes.ORDERS,
        follows=Writes.ORDERS,
        repeatable=True,
    ),
)
