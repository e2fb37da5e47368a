"""Tools that place and change one order: previewed, approved, sent once."""

from __future__ import annotations

from typing import Annotated

from mcp_types import InputRequiredResult
from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_mcp.caller import Caller
from pmi_mcp.drafting import drafted, order_draft
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import OneVenue
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
    SelfTradeWord,
    SizeText,
    TimeInForceWord,
)
from pmi_mcp.tools.spec import ToolSpec, Writes

__all__ = ["TOOLS", "amend_order", "create_order"]


async def create_order(
    caller: Caller,
    *,
    market: OrderMarket,
    action: ActionWord,
    price: PriceText,
    outcome: OutcomeText = None,
    size: SizeText = None,
    notional: NotionalText = None,
    time_in_force: TimeInForceWord = "gtc",
    expires: ExpiresText = None,
    post_only: PostOnly = False,
    reduce_only: ReduceOnly = False,
    self_trade: SelfTradeWord = "cancel_taker",
    group: GroupText = None,
    intent: IntentText = "",
    venue: OneVenue = None,
) -> Answer | InputRequiredResult:
    """Place one order."""
    draft = await order_draft(
        caller.venues,
        market=market,
        outcome=outcome,
        venue=venue,
        expires=expires,
        group=group,
        action=action,
        size=size,
        notional=notional,
        price=price,
        time_in_force=time_in_force,
        post_only=post_only,
        reduce_only=reduce_only,
        self_trade=self_trade,
        intent=intent,
    )
    from pmi_core.desk.draft import PlaceDraft

    return await caller.submit(drafted(PlaceDraft, order=draft))


async def amend_order(
    caller: Caller,
    *,
    order: Annotated[str, Field(description="Order ref")],
    price: Annotated[str, Field(description="New limit, in terms of the order's outcome")],
    size: Annotated[str, Field(description="New size in all, filled part included")],
    intent: IntentText = "",
) -> Answer | InputRequiredResult:
    """Move a resting order to another price and size."""
    from pmi_core.desk.draft import AmendDraft
    from pmi_core.identifiers import OrderRef

    ref = OrderRef(order.strip())
    caller.check_venue(ref)
    return await caller.submit(drafted(AmendDraft, order_ref=ref, price=price, size=size, intent=intent))


TOOLS = (
    ToolSpec(
        function=create_order,
        title="Create order",
        description="Preview a limit order, get it approved by your person, send it once. To take at market: ioc "
        "with the worst price you take. Status `waiting` needs a person; then confirm_order.",
        toolset=Toolset.CORE,
        needs=(Capability.ORDERS,),
        writes=Writes.ORDERS,
    ),
    ToolSpec(
        function=amend_order,
        title="Amend order",
        description="Change price and size of a resting order, approved like a new one.",
        toolset=Toolset.TRADING,
        needs=(Capability.AMEND,),
        writes=Writes.ORDERS,
    ),
)
