"""Tools that read the account: cash, positions, orders, fills.  Nothing here changes anything."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError
from pmi_core.identifiers import EventRef, MarketRef, OrderRef
from pmi_core.models import (
    TERMINAL_STATUSES,
    Balance,
    Fill,
    FillQuery,
    Order,
    OrderQuery,
    OrderStatus,
    Position,
    PositionQuery,
)
from pmi_mcp.asking import ask_all
from pmi_mcp.failures import describe
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.times import window
from pmi_mcp.tools.arguments import (
    CursorText,
    DetailWord,
    EndText,
    EventText,
    MarketFilter,
    RowLimit,
    StartText,
    VenueName,
)
from pmi_mcp.tools.listing import Listing
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import balance_row, fill_row, order_row, position_row

__all__ = ["TOOLS", "get_balance", "get_fills", "get_orders", "get_positions"]

_POSITIONS: Listing[Position] = Listing(
    name="positions",
    capability=Capability.ACCOUNT,
    query=PositionQuery,
    read=lambda part, query: part.list_positions(query),
    row=position_row,
    shown=lambda row: row.market_ref,
)
_ORDERS: Listing[Order] = Listing(
    name="orders",
    capability=Capability.ORDERS,
    query=OrderQuery,
    read=lambda part, query: part.list_orders(query),
    row=order_row,
    newest=lambda row: row.created_time,
    shown=lambda row: row.ref,
)
_FILLS: Listing[Fill] = Listing(
    name="fills",
    capability=Capability.ORDERS,
    query=FillQuery,
    read=lambda part, query: part.list_fills(query),
    row=fill_row,
    newest=lambda row: row.time,
)

_STATUSES: dict[str, frozenset[OrderStatus]] = {
    "all": frozenset(),
    "done": TERMINAL_STATUSES,
    "unknown": frozenset({OrderStatus.UNKNOWN}),
    "working": frozenset(OrderStatus) - TERMINAL_STATUSES,
}


async def get_balance(venues: Venues, *, venue: VenueName = None) -> Answer:
    """Read cash at venues; kinds of money are never added up."""
    names = venues.choose(venue, Capability.ACCOUNT)

    async def ask(name: str) -> list[dict[str, Any]]:
        part = await venues.part(name, Capability.ACCOUNT)
        found: tuple[Balance, ...] = await venues.wait(name, part.get_balance())
        return [balance_row(balance, name) for balance in found]

    answers = await ask_all(names, ask)
    failed = [answer for answer in answers if isinstance(answer, PmiError)]
    if failed and len(failed) == len(answers):
        raise failed[0]
    rows = [row for answer in answers if not isinstance(answer, PmiError) for row in answer]
    errors = {"errors": [describe(error) for error in failed]} if failed else {}
    return Answer(name="balances", rows=rows, advice="name one venue", after=errors)


async def get_positions(
    venues: Venues,
    *,
    venue: VenueName = None,
    market: MarketFilter = None,
    event: EventText = None,
    include_closed: Annotated[bool, Field(description="Also those closed")] = False,
    limit: RowLimit = 50,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List positions."""
    _, event_ref = venues.names_for(EventRef, event, venue, Capability.ACCOUNT)
    names, market_ref = venues.names_for(
        MarketRef, market, event_ref.venue if event_ref else venue, Capability.ACCOUNT
    )

    return await _POSITIONS.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        market_ref=market_ref.market if market_ref else None,
        event_ref=event_ref,
        include_closed=include_closed,
    )


async def get_orders(
    venues: Venues,
    *,
    venue: VenueName = None,
    order: Annotated[str | None, Field(description="One order ref")] = None,
    market: MarketFilter = None,
    status: Annotated[
        Literal["working", "done", "all", "unknown"], Field(description="Which orders")
    ] = "working",
    start: StartText = None,
    end: EndText = None,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List the account's orders, or read one."""
    if order is not None:
        _, ref = venues.names_for(OrderRef, order, venue, Capability.ORDERS)
        assert ref is not None
        part = await venues.part(ref.venue, Capability.ORDERS)
        one: Order = await venues.wait(ref.venue, part.get_order(ref))
        return Answer(name="orders", rows=[order_row(one, "full")])
    names, market_ref = venues.names_for(MarketRef, market, venue, Capability.ORDERS)
    since, until = window(start, end, venues.clock.now())
    return await _ORDERS.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        market_ref=market_ref.market if market_ref else None,
        statuses=_STATUSES[status],
        start=since,
        end=until,
    )


async def get_fills(
    venues: Venues,
    *,
    venue: VenueName = None,
    market: MarketFilter = None,
    order: Annotated[str | None, Field(description="Only of this order ref")] = None,
    start: StartText = None,
    end: EndText = None,
    limit: RowLimit = 20,
    cursor: CursorText = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List the account's executions."""
    _, order_ref = venues.names_for(OrderRef, order, venue, Capability.ORDERS)
    names, market_ref = venues.names_for(
        MarketRef, market, order_ref.venue if order_ref else venue, Capability.ORDERS
    )
    since, until = window(start, end, venues.clock.now())
    return await _FILLS.answer(
        venues,
        names,
        limit=limit,
        cursor=cursor,
        detail=detail,
        market_ref=market_ref.market if market_ref else None,
        order_ref=order_ref,
        start=since,
        end=until,
    )


TOOLS = (
    ToolSpec(
        function=get_balance,
        title="Balance",
        description="Cash per venue and currency: total, available, reserved.",
        toolset=Toolset.TRADING,
        needs=(Capability.ACCOUNT,),
    ),
    ToolSpec(
        function=get_positions,
        title="Positions",
        description="Contracts that the account holds, with cost and result.",
        toolset=Toolset.TRADING,
        needs=(Capability.ACCOUNT,),
    ),
    ToolSpec(
        function=get_orders,
        title="Orders",
        description="The account's orders, newest first, or one of them.",
        toolset=Toolset.CORE,
        needs=(Capability.ORDERS,),
    ),
    ToolSpec(
        function=get_fills,
        title="Fills",
        description="The account's own executions, newest first.",
        toolset=Toolset.TRADING,
        needs=(Capability.ORDERS,),
    ),
)
