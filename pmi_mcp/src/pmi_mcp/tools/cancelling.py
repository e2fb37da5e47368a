"""Tools that cancel orders: no approval, never blocked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError, RequestError
from pmi_core.identifiers import MarketRef, OrderRef
from pmi_mcp.caller import Caller
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import identifier
from pmi_mcp.tools.spec import ToolSpec, Writes
from pmi_mcp.views.canceled import canceled_row, failed_row

if TYPE_CHECKING:
    from pmi_core.desk import Desk
    from pmi_core.models import BatchResult

__all__ = ["TOOLS", "batch_cancel_orders", "cancel_orders"]

_AT_ONCE = 4

OrderTexts = Annotated[
    list[str], Field(min_length=1, max_length=100, description="Order refs, or client order ids")
]


async def cancel_orders(
    caller: Caller,
    *,
    orders: Annotated[
        list[str] | None, Field(min_length=1, max_length=100, description="Order refs, or client order ids")
    ] = None,
    market: Annotated[str | None, Field(description="Or all in this market ref")] = None,
    venue: Annotated[str | None, Field(description="Or all at this venue")] = None,
) -> Answer:
    """Cancel by ids, in one market, or everything at one venue."""
    given = [one for one in (orders, market, venue) if one is not None]
    if len(given) != 1:
        raise RequestError(
            "say which orders, and only in one way",
            hint="give orders, or market, or venue for all that work there",
        )
    if orders is not None:
        return await batch_cancel_orders(caller, orders=orders)
    ref = None if market is None else MarketRef(market.strip()).market
    name = caller.check_venue(ref if ref is not None else (venue or "").strip())
    desk = await caller.desk()
    results = await caller.venues.wait(name, desk.reduce.cancel_all(name, ref, caller.by))
    return _answer([_row(one) for one in results])


async def batch_cancel_orders(caller: Caller, *, orders: OrderTexts) -> Answer:
    """Cancel several orders, each by itself."""
    desk = await caller.desk()
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(text: str) -> dict[str, Any]:
        async with turn:
            return await _cancel(caller, desk, text)

    names = list(dict.fromkeys(text.strip() for text in orders))
    return _answer(await asyncio.gather(*[one(name) for name in names]))


async def _cancel(caller: Caller, desk: Desk, text: str) -> dict[str, Any]:
    try:
        if ":" not in text:
            return canceled_row(await desk.reduce.cancel(text, caller.by))
        ref = OrderRef(text)
        name = caller.check_venue(ref)
        return canceled_row(await caller.venues.wait(name, desk.reduce.cancel(ref, caller.by)))
    except PmiError as error:
        return failed_row(identifier(text), error)


def _row(result: BatchResult) -> dict[str, Any]:
    if result.order is not None:
        return canceled_row(result.order)
    return failed_row(str(result.order_ref), result)


def _answer(rows: Sequence[dict[str, Any]]) -> Answer:
    done = sum(row.get("status") == "canceled" for row in rows)
    return Answer(
        facts={"canceled": done, "not_canceled": len(rows) - done},
        name="orders",
        rows=rows,
        advice="get_orders shows what still works",
    )


TOOLS = (
    ToolSpec(
        function=cancel_orders,
        title="Cancel orders",
        description="Cancel by ids, all in a market, or all at a venue; says what became of each. No approval.",
        toolset=Toolset.CORE,
        needs=(Capability.ORDERS,),
        writes=Writes.REDUCES,
        repeatable=True,
    ),
    ToolSpec(
        function=batch_cancel_orders,
        title="Cancel several orders",
        description="Cancel several orders by id; one that fails keeps none of the others. No approval.",
        toolset=Toolset.TRADING,
        needs=(Capability.ORDERS,),
        writes=Writes.REDUCES,
        repeatable=True,
    ),
)
