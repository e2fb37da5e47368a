"""``pmi balance``, ``pmi positions``: what the account has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.options import Cursor, Json, Limit, MarketFilter, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.models import Balance, Position
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.cursors import Place
    from pmi_mcp.gathering import Reader, Slice
    from pmi_mcp.terminal.screen import Screen

__all__ = ["balance", "positions"]


def balance(context: typer.Context, *, venue: VenueName = None, as_json: Json = False) -> None:
    """Show the account's cash, a row for each venue and currency."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_mcp.gathering import Slice
        from pmi_mcp.terminal.listing import patient, read_rows, show_rows
        from pmi_mcp.views.values import number

        venues = patient(registry)
        names = venues.choose(venue, Capability.ACCOUNT)

        async def read(name: str, place: Place) -> Slice[Balance]:
            del place
            part = await venues.part(name, Capability.ACCOUNT)
            rows: tuple[Balance, ...] = await venues.wait(name, part.get_balance())
            return Slice(rows, _nowhere)

        found = await read_rows(screen, names, read, limit=1_000)
        show_rows(
            screen,
            found,
            kind="balance",
            headings=["venue", "currency", "part", "available", "reserved", "total"],
            cells=lambda name, row: [
                name,
                row.currency,
                row.compartment,
                number(row.available),
                number(row.reserved),
                number(row.total),
            ],
            numeric=frozenset({"available", "reserved", "total"}),
        )

    run(context, work, as_json=as_json)


def _nowhere(used: int) -> None:
    """Cash comes whole: there is nothing to go on with."""
    del used


def positions(
    context: typer.Context,
    *,
    venue: VenueName = None,
    market: MarketFilter = None,
    closed: Annotated[bool, typer.Option("--closed", help="Also those that were closed.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List the contracts that the account holds; prices are those of the outcome."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.models import PositionQuery
        from pmi_mcp.gathering import pages
        from pmi_mcp.terminal.listing import narrowed, patient, read_rows, show_rows
        from pmi_mcp.views.values import number

        venues = patient(registry)
        names, market_ref = await narrowed(venues, market, venue, Capability.ACCOUNT)
        read: Reader[Position] = pages(
            venues,
            Capability.ACCOUNT,
            limit,
            PositionQuery,
            lambda part, query: part.list_positions(query),
            market_ref=market_ref,
            include_closed=closed,
        )
        found = await read_rows(screen, names, read, limit=limit, cursor=cursor)
        show_rows(
            screen,
            found,
            kind="positions",
            headings=["market", "outcome", "size", "average", "cost", "mark", "realized", "currency"],
            cells=lambda _, row: [
                row.market_ref,
                row.outcome,
                number(row.size),
                number(row.average_price),
                number(row.cost),
                number(row.mark),
                number(row.realized_pnl),
                row.currency,
            ],
            numeric=frozenset({"size", "average", "cost", "mark", "realized"}),
        )

    run(context, work, as_json=as_json)
