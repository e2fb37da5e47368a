"""Tools that cancel orders: no approval, never blocked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError, RequestError
from pmi_core.identifiers import MarketRef
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
    return _answer([_row(caller, name, one) for one in results])


async def batch_cancel_orders(caller: Caller, *, orders: OrderTexts) -> Answer:
    """Cancel several orders, each by itself; those of one venue in one call where it takes several."""
    desk = await caller.desk()
    rows: dict[str, dict[str, Any]] = {}
    at_venues: dict[str, list[str]] = {}
    for text in dict.fromkeys(text.strip() for text in orders):
        try:
            name = caller.check_venue(await desk.reduce.venue_of(text))
        except PmiError as error:
            rows[text] = failed_row(identifier(text), error)
        else:
            rows[text] = {}
            at_venues.setdefault(name, []).append(text)
    told = await asyncio.gather(*[_cancel(caller, desk, name, texts) for name, texts in at_venues.items()])
    for part in told:
        rows.update(part)
    return _answer(list(rows.values()))


async def _cancel(caller: Caller, desk: Desk, name: str, texts: list[str]) -> dict[str, dict[str, Any]]:
    """Cancel orders of one venue; a row for each."""
    try:
        results = await caller.venues.wait(name, desk.reduce.cancel_orders(texts, caller.by))
    except PmiError as error:
        return {text: failed_row(identifier(text), error) for text in texts}
    return {text: _row(caller, name, one, text) for text, one in zip(texts, results, strict=True)}


def _row(caller: Caller, venue: str, result: BatchResult, text: str = "") -> dict[str, Any]:
    if result.order is not None:
        return canceled_row(result.order)
    concealed = caller.venues.conceal(result.message or "", venue)
    return failed_row(text or str(result.order_ref), result.model_copy(update={"message": concealed}))


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
