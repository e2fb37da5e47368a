"""The tool that reads order groups."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError, RequestError
from pmi_core.identifiers import GroupRef
from pmi_core.models import OrderGroup
from pmi_mcp.asking import ask_all
from pmi_mcp.failures import describe
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import DetailWord, VenueName
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import group_row

__all__ = ["TOOLS", "get_order_groups"]


async def get_order_groups(
    venues: Venues,
    *,
    group: Annotated[str | None, Field(description="One group ref; all when left out")] = None,
    venue: VenueName = None,
    detail: DetailWord = "brief",
) -> Answer:
    """Read one group, or list them."""
    names, ref = venues.names_for(GroupRef, group, venue, Capability.GROUPS)
    if ref is not None:
        part = await venues.part(ref.venue, Capability.GROUPS)
        one: OrderGroup = await venues.wait(ref.venue, part.get_group(ref))
        return Answer(name="groups", rows=[group_row(one, "full")])
    if not names:
        raise RequestError(
            "no configured venue has order groups", hint="list_venues shows what each venue can do"
        )

    async def ask(name: str) -> tuple[OrderGroup, ...]:
        part = await venues.part(name, Capability.GROUPS)
        found: tuple[OrderGroup, ...] = await venues.wait(name, part.list_groups())
        return found

    answers = await ask_all(names, ask)
    failed = [answer for answer in answers if isinstance(answer, PmiError)]
    if len(failed) == len(answers):
        raise failed[0]
    found = [one for answer in answers if not isinstance(answer, PmiError) for one in answer]
    errors = {"errors": [describe(error) for error in failed]} if failed else {}
    return Answer(
        name="groups",
        rows=[group_row(one, detail) for one in found],
        advice="name one venue, or one group",
        after=errors,
    )


TOOLS = (
    ToolSpec(
        function=get_order_groups,
        title="Order groups",
        description="Groups of orders that are canceled together once so many contracts fill within a window.",
        toolset=Toolset.GROUPS,
        needs=(Capability.GROUPS,),
    ),
)
