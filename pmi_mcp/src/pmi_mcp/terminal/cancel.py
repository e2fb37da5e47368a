"""``pmi cancel``: take orders out of the book; never blocked, never asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_core import errors
from pmi_core.errors import PmiError, VenueError
from pmi_mcp.terminal.exits import Exit, exit_for
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import concealed, run_at_desk

if TYPE_CHECKING:
    from pmi_core.desk import Desk
    from pmi_core.models import BatchResult, Order
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["cancel", "show_orders"]


def cancel(
    context: typer.Context,
    orders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ORDER...]", help="Orders, or the client order ids they were sent under."),
    ] = None,
    *,
    market: Annotated[
        str | None, typer.Option("--market", "-m", metavar="REF", help="Every order in this market.")
    ] = None,
    everywhere: Annotated[
        str | None, typer.Option("--all", metavar="VENUE", help="Every order at this venue.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Cancel orders by name, all in a market, or all at a venue; nobody is asked, nothing blocks it.

    One that fails keeps none of the others; the exit status is that of the worst failure.
    """

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.errors import RequestError
        from pmi_mcp.terminal import person
        from pmi_mcp.terminal.listing import patient

        if sum((bool(orders), market is not None, everywhere is not None)) != 1:
            raise RequestError(
                "which orders?", hint="name orders, or give --market REF, or --all VENUE; one of the three"
            )
        names = tuple(dict.fromkeys(name.strip() for name in orders or ()))
        by = person.name()
        with screen.working("cancelling"):
            if names:
                results = await desk.reduce.cancel_orders(names, by)
            elif market is not None:
                _, ref = await patient(registry).locate(market, None)
                results = await desk.reduce.cancel_all(ref.venue, ref.market, by)
            else:
                registry.provider_of(str(everywhere))
                results = await desk.reduce.cancel_all(str(everywhere), None, by)
        named = names or tuple(str(one.order_ref) for one in results)
        return _tell(registry, screen, list(zip(named, results, strict=True)))

    run_at_desk(context, work, as_json=as_json)


def _tell(registry: Registry, screen: Screen, results: Sequence[tuple[str, BatchResult]]) -> Exit:
    """Show what became of each; the worst failure's exit status counts."""
    done = [one.order for _, one in results if one.order is not None]
    failed = [(one, concealed(registry, _error(name, one))) for name, one in results if one.order is None]
    if screen.as_json:
        screen.document(
            "cancel",
            items=[one.model_dump(mode="json") for one in done],
            errors=[one.model_dump(mode="json", exclude={"order"}) | why.details() for one, why in failed],
        )
    else:
        if done:
            show_orders(screen, done)
        for _, why in failed:
            screen.fail(why)
        if not results:
            screen.note("no order was working there")
    return max((exit_for(why) for _, why in failed), default=Exit.OK)


def _error(name: str, result: BatchResult) -> PmiError:
    """Why an order was not cancelled, as the error that it was where it happened."""
    kind = getattr(errors, result.error or "", None)
    if not (isinstance(kind, type) and issubclass(kind, PmiError)):
        kind = VenueError
    venue = None if result.order_ref is None else result.order_ref.venue
    return kind(f"{name}: {result.message or 'the venue does not say why'}", venue=venue)


def show_orders(screen: Screen, orders: Sequence[Order]) -> None:
    """Print what orders have become."""
    from pmi_mcp.views.values import number

    screen.table(
        ["order", "market", "what", "status", "filled", "remaining"],
        [
            [
                one.ref,
                one.market_ref,
                f"{one.action} {one.outcome}",
                one.status.value,
                number(one.filled),
                number(one.remaining),
            ]
            for one in orders
        ],
        numeric=frozenset({"filled", "remaining"}),
    )
