"""The tool that places several orders with one approval."""

from __future__ import annotations

from typing import Annotated, NotRequired

from mcp_types import InputRequiredResult
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from pmi_core.capabilities import Capability
from pmi_mcp.caller import Caller
from pmi_mcp.drafting import drafted, order_draft
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.ordering import (
    ActionWord,
    ExpiresText,
    GroupText,
    IntentText,
    NotionalText,
    OrderMarket,
    OutcomeText,
    PostOnly,
    PriceText,
    ReduceOnly,
    SizeText,
    TimeInForceWord,
)
from pmi_mcp.tools.spec import ToolSpec, Writes

__all__ = ["TOOLS", "Leg", "batch_create_orders"]


class Leg(TypedDict):
    """One order of several; the arguments are those of create_order."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # how pydantic closes a dictionary

    market: OrderMarket
    action: ActionWord
    price: PriceText
    outcome: NotRequired[OutcomeText]
    size: NotRequired[SizeText]
    notional: NotRequired[NotionalText]
    time_in_force: NotRequired[TimeInForceWord]
    expires: NotRequired[ExpiresText]
    post_only: NotRequired[PostOnly]
    reduce_only: NotRequired[ReduceOnly]
    group: NotRequired[GroupText]


async def batch_create_orders(
    caller: Caller,
    *,
    orders: Annotated[list[Leg], Field(min_length=1, max_length=20, description="All at one venue")],
    intent: IntentText = "",
) -> Answer | InputRequiredResult:
    """Place several orders at one venue."""
    from pmi_core.desk.draft import BatchDraft

    drafts = [
        await order_draft(
            caller.venues,
            market=leg["market"],
            outcome=leg.get("outcome"),
            expires=leg.get("expires"),
            group=leg.get("group"),
            action=leg["action"],
            price=leg["price"],
            size=leg.get("size"),
            notional=leg.get("notional"),
            time_in_force=leg.get("time_in_force"),
            post_only=leg.get("post_only"),
            reduce_only=leg.get("reduce_only"),
        )
        for leg in orders
    ]
    return await caller.submit(drafted(BatchDraft, orders=tuple(drafts), intent=intent))


TOOLS = (
    ToolSpec(
        function=batch_create_orders,
        title="Create several orders",
        description="Several orders at one venue with one approval that lists each; caps count their sum. Each "
        "succeeds or fails by itself.",
        toolset=Toolset.TRADING,
        needs=(Capability.ORDERS,),
        writes=Writes.ORDERS,
    ),
)
