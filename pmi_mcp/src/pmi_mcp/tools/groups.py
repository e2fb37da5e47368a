"""Tools for order groups: they are read, made, stopped, loosened and deleted."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp_types import InputRequiredResult
from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError, RequestError
from pmi_core.identifiers import GroupRef
from pmi_core.models import OrderGroup
from pmi_core.models.question import Question
from pmi_core.numbers import ASKED, Quantity
from pmi_mcp.asking import ask_all
from pmi_mcp.caller import Caller
from pmi_mcp.failures import describe
from pmi_mcp.outputs import Answer
from pmi_mcp.requesting import request_once
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import identifier
from pmi_mcp.tools.arguments import DetailWord, VenueName
from pmi_mcp.tools.ordering import IntentText
from pmi_mcp.tools.spec import ToolSpec, Writes
from pmi_mcp.venues import Venues
from pmi_mcp.views import group_row
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "create_order_group", "get_order_groups", "update_order_group"]

GroupText = Annotated[str, Field(description="Group ref")]
LimitText = Annotated[str | None, Field(description="Contracts per window; only for set_limit")]


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


class GroupLimit(Question):
    """After how many contracts a group stops."""

    limit: Quantity = Field(gt=0, lt=ASKED)


async def create_order_group(
    caller: Caller,
    *,
    limit: Annotated[str, Field(description="Contracts that may fill per window")],
    venue: Annotated[str | None, Field(description="Venue; only needed if several have groups")] = None,
) -> Answer:
    """Make a group, into which orders may then be placed."""
    contracts = checked(GroupLimit, limit=limit).limit
    name = _venue(caller, venue)
    desk = await caller.desk()
    made = await request_once(
        caller,
        name,
        desk.ask.create_group(name, contracts, caller.by),
        "get_order_groups shows whether it is there",
    )
    return Answer(facts={**group_row(made, "full"), "next": "create_order takes its ref as `group`"})


def _venue(caller: Caller, venue: str | None) -> str:
    """The venue that was named, or the only one whose groups may be written."""
    if venue is not None:
        return caller.check_venue(venue)
    able = caller.trading.able(Capability.GROUPS)
    if len(able) != 1:
        raise RequestError("several venues have order groups", hint=f"give venue: {', '.join(able)}")
    return able[0]


async def update_order_group(
    caller: Caller,
    *,
    group: GroupText,
    change: Annotated[
        Literal["trigger", "reset", "set_limit", "delete"],
        Field(description="trigger: cancel its orders, refuse new ones; reset: let it work again"),
    ],
    limit: LimitText = None,
    intent: IntentText = "",
) -> Answer | InputRequiredResult:
    """Change a group: what stops orders happens at once, what lets more of them work needs a yes."""
    ref = GroupRef(group.strip())
    if (change == "set_limit") is (limit is None):
        raise RequestError(
            "a limit goes with change=set_limit, and only with it", hint="give both or neither"
        )
    if change in ("trigger", "delete"):
        return await _stop(caller, ref, change)
    from pmi_core.desk.draft import GroupDraft

    contracts = None if limit is None else checked(GroupLimit, limit=limit).limit
    return await caller.submit(GroupDraft(group_ref=ref, limit=contracts, intent=intent))


async def _stop(caller: Caller, ref: GroupRef, change: str) -> Answer:
    """Never held up by a mode, a cap or the kill switch."""
    name = caller.check_venue(ref)
    desk = await caller.desk()
    if change == "delete":
        await caller.venues.wait(name, desk.reduce.delete_group(ref, caller.by))
        facts: dict[str, Any] = {"ref": identifier(ref), "status": "deleted"}
    else:
        stopped = await caller.venues.wait(name, desk.reduce.trigger_group(ref, caller.by))
        facts = group_row(stopped, "full")
    return Answer(facts={**facts, "next": "Its orders are canceled; get_orders shows what still works."})


TOOLS = (
    ToolSpec(
        function=get_order_groups,
        title="Order groups",
        description="Groups of orders that are canceled together once so many contracts fill within a window.",
        toolset=Toolset.GROUPS,
        needs=(Capability.GROUPS,),
    ),
    ToolSpec(
        function=create_order_group,
        title="Create order group",
        description="Make a group whose orders are canceled together once so many contracts fill.",
        toolset=Toolset.GROUPS,
        needs=(Capability.GROUPS,),
        writes=Writes.ASKS,
    ),
    ToolSpec(
        function=update_order_group,
        title="Update order group",
        description="Stop or delete a group at once, or let it work again or change its limit, which a person approves.",
        toolset=Toolset.GROUPS,
        needs=(Capability.GROUPS,),
        writes=Writes.ORDERS,
    ),
)
