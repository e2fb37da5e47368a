"""``pmi orders``, ``pmi fills``: what the account asked for and what it got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.options import Cursor, Json, Limit, MarketFilter, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.models import Fill, Order
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.gathering import Reader
    from pmi_mcp.terminal.screen import Screen

__all__ = ["fills", "orders"]


def orders(
    context: typer.Context,
    *,
    venue: VenueName = None,
    market: MarketFilter = None,
    working: Annotated[
        bool, typer.Option("--open/--all", help="Those that still work; with --all also those that are done.")
    ] = True,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List the account's orders, newest first; prices are those of the outcome."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.models import TERMINAL_STATUSES, OrderQuery, OrderStatus
        from pmi_mcp.gathering import pages
        from pmi_mcp.terminal.listing import narrowed, patient, read_rows, show_rows

        venues = patient(registry)
        names, market_ref = await narrowed(venues, market, venue, Capability.ORDERS)
        statuses = frozenset(OrderStatus) - TERMINAL_STATUSES if working else frozenset()
        read: Reader[Order] = pages(
            venues,
            Capability.ORDERS,
            limit,
            OrderQuery,
            lambda part, query: part.list_orders(query),
            market_ref=market_ref,
            statuses=statuses,
        )
        found = await read_rows(
            screen, names, read, limit=limit, cursor=cursor, newest=lambda row: row.created_time
        )
        show_rows(
            screen,
            found,
            kind="orders",
            headings=["created (UTC)", "order", "market", "what", "size", "price", "filled", "status"],
            cells=_order_cells,
            numeric=frozenset({"size", "price", "filled"}),
        )

    run(context, work, as_json=as_json)


def _order_cells(venue: str, row: Order) -> list[object]:
    from pmi_mcp.views.values import number

    asked = number(row.size) if row.notional is None else f"{number(row.notional)} {row.currency}"
    return [
        row.created_time and f"{row.created_time:%Y-%m-%d %H:%M:%S}",
        row.ref or f"{venue}, not named yet",
        row.market_ref,
        f"{row.action} {row.outcome}",
        asked,
        number(row.price),
        number(row.filled),
        f"{row.status}: {row.reject_reason}" if row.reject_reason else row.status,
    ]


def fills(
    context: typer.Context,
    *,
    venue: VenueName = None,
    market: MarketFilter = None,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what the account's orders got, newest first; prices are those of the outcome."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.models import FillQuery
        from pmi_mcp.gathering import pages
        from pmi_mcp.terminal.listing import narrowed, patient, read_rows, show_rows

        venues = patient(registry)
        names, market_ref = await narrowed(venues, market, venue, Capability.ORDERS)
        read: Reader[Fill] = pages(
            venues,
            Capability.ORDERS,
            limit,
            FillQuery,
            lambda part, query: part.list_fills(query),
            market_ref=market_ref,
        )
        found = await read_rows(screen, names, read, limit=limit, cursor=cursor, newest=lambda row: row.time)
        show_rows(
            screen,
            found,
            kind="fills",
            headings=["time (UTC)", "order", "market", "what", "size", "price", "fee", "as"],
            cells=_fill_cells,
            numeric=frozenset({"size", "price", "fee"}),
        )

    run(context, work, as_json=as_json)


def _fill_cells(venue: str, row: Fill) -> list[object]:
    from pmi_core.models import FillSettlement
    from pmi_mcp.views.values import number

    del venue
    is_final = row.settlement is FillSettlement.CONFIRMED
    return [
        f"{row.time:%Y-%m-%d %H:%M:%S}",
        row.order_ref,
        row.market_ref,
        f"{row.action} {row.outcome}",
        number(row.size),
        number(row.price),
        f"{number(row.fee)} {row.currency}",
        row.liquidity if is_final else f"{row.liquidity}, {row.settlement}",
    ]
