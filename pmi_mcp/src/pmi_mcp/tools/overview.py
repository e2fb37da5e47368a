"""The tool that shows a whole account in one answer."""

from __future__ import annotations

import asyncio
from typing import Any

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError, RequestError
from pmi_core.models import (
    TERMINAL_STATUSES,
    Balance,
    Order,
    OrderQuery,
    OrderStatus,
    Page,
    Position,
    PositionQuery,
)
from pmi_mcp.asking import ask_all
from pmi_mcp.failures import describe
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.arguments import VenueName
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import balance_row, exposure_row, order_row, total_rows
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "get_account"]

_POSITION_PAGES = 5
_ORDERS_SHOWN = 20
_WORKING = frozenset(OrderStatus) - TERMINAL_STATUSES


async def get_account(venues: Venues, *, venue: VenueName = None) -> Answer:
    """Read cash, positions and working orders at once; a venue that fails stops no other."""
    names = venues.choose(venue, Capability.ACCOUNT)
    if not names:
        raise RequestError(
            "no configured venue has an account", hint="a person must give a venue's key in the settings"
        )
    traders = tuple(name for name in names if Capability.ORDERS in venues.capabilities(name))

    async def cash_at(name: str) -> tuple[str, tuple[Balance, ...]]:
        part = await venues.part(name, Capability.ACCOUNT)
        found: tuple[Balance, ...] = await venues.wait(name, part.get_balance())
        return (await venues.venue(name)).info.write_class.value, found

    async def positions_at(name: str) -> tuple[str, list[Position], bool]:
        part = await venues.part(name, Capability.ACCOUNT)
        held, whole = await _positions(venues, part, name)
        return (await venues.venue(name)).info.write_class.value, held, whole

    async def orders_at(name: str) -> Page[Order]:
        part = await venues.part(name, Capability.ORDERS)
        query = checked(OrderQuery, statuses=_WORKING, limit=_ORDERS_SHOWN)
        found: Page[Order] = await venues.wait(name, part.list_orders(query))
        return found

    cash, held, working = await asyncio.gather(
        ask_all(names, cash_at), ask_all(names, positions_at), ask_all(traders, orders_at)
    )
    failed = [answer for answer in (*cash, *held, *working) if isinstance(answer, PmiError)]
    if len(failed) == len(cash) + len(held) + len(working):
        raise failed[0]
    balances = [
        (name, moves, balance)
        for name, answer in zip(names, cash, strict=True)
        if not isinstance(answer, PmiError)
        for moves, found in [answer]
        for balance in found
    ]
    positions = [
        (name, moves, position)
        for name, answer in zip(names, held, strict=True)
        if not isinstance(answer, PmiError)
        for moves, found, _ in [answer]
        for position in sorted(found, key=lambda one: -one.cost)
    ]
    orders = [order for answer in working if not isinstance(answer, PmiError) for order in answer.items]
    orders.sort(key=_age, reverse=True)
    venues.remember(position.market_ref for _, _, position in positions)
    venues.remember(order.ref for order in orders[:_ORDERS_SHOWN] if order.ref is not None)
    more = [f"{name} has more positions than were read" for name in _unfinished(names, held)]
    if len(orders) > _ORDERS_SHOWN or any(
        answer.cursor is not None for answer in working if not isinstance(answer, PmiError)
    ):
        more.append(f"only the newest {_ORDERS_SHOWN} orders are shown; get_orders shows all")
    return Answer(
        facts={
            "totals": total_rows(balances, positions),
            "cash": [balance_row(balance, name) for name, _, balance in balances],
            "orders": [order_row(order, "brief") for order in orders[:_ORDERS_SHOWN]],
        },
        name="positions",
        rows=[exposure_row(position) for _, _, position in positions],
        advice="get_positions shows all",
        after=({"incomplete": more} if more else {}) | _errors(failed),
    )


def _age(order: Order) -> float:
    return order.created_time.timestamp() if order.created_time is not None else float("-inf")


async def _positions(venues: Venues, part: Any, name: str) -> tuple[list[Position], bool]:
    """What a venue's account holds, and whether that is all."""
    held: list[Position] = []
    cursor: str | None = None
    for _ in range(_POSITION_PAGES):
        query = checked(PositionQuery, limit=1_000, cursor=cursor)
        page: Page[Position] = await venues.wait(name, part.list_positions(query))
        held += [position for position in page.items if position.size > 0]
        cursor = page.cursor
        if cursor is None:
            break
    return held, cursor is None


def _unfinished(names: tuple[str, ...], held: list[tuple[str, list[Position], bool] | PmiError]) -> list[str]:
    return [
        name
        for name, answer in zip(names, held, strict=True)
        if not isinstance(answer, PmiError) and not answer[2]
    ]


def _errors(failed: list[PmiError]) -> dict[str, Any]:
    """What went wrong where, each once though several questions may have met it."""
    told: list[dict[str, Any]] = []
    for error in failed:
        if (described := describe(error)) not in told:
            told.append(described)
    return {"errors": told} if told else {}


TOOLS = (
    ToolSpec(
        function=get_account,
        title="Account",
        description="Cash, positions and working orders of all venues. `totals` adds up what is alike: one "
        "currency that moves alike; `exposure` is what the contracts held have cost and may lose.",
        toolset=Toolset.CORE,
        needs=(Capability.ACCOUNT,),
    ),
)
