"""The tool that stops every order; none takes that back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmi_mcp.caller import Caller
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import clean
from pmi_mcp.tools.spec import ToolSpec, Writes

__all__ = ["TOOLS", "engage_kill_switch"]


async def engage_kill_switch(
    caller: Caller,
    *,
    reason: Annotated[str, Field(min_length=1, max_length=300, description="Why, in words")],
) -> Answer:
    """Stop every order of every program that shares the data folder."""
    desk = await caller.desk()
    await desk.engage_kill_switch(clean(reason, 300), caller.by)
    return Answer(
        facts={
            "status": "engaged",
            "reason": clean(desk.kill.reason, 500),
            "next": "Nothing is ordered any more; orders that work go on until cancel_orders takes them back. "
            "Only a person releases the switch, with `pmi kill off` in a terminal.",
        }
    )


TOOLS = (
    ToolSpec(
        function=engage_kill_switch,
        title="Engage kill switch",
        description="Stop every order of every program on this machine, at once. Cancelling goes on. Only a person "
        "releases it.",
        toolset=Toolset.CORE,
        writes=Writes.REDUCES,
        repeatable=True,
        here_only=True,
    ),
)
