"""``pmi cancel``: take orders out of the book; never blocked, never asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmi_core.errors import PmiError
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
    """Cancel orders by name, all in a market, or all at a venue; nobody is asked, nothing blocks it."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.errors import RequestError
        from pmi_mcp.terminal import person
        from pmi_mcp.terminal.listing import patient

        if sum((bool(orders), market is not None, everywhere is not None)) != 1:
            raise RequestError(
                "which orders?", hint="name orders, or give --market REF, or --all VENUE; one of the three"
            )
        by = person.name()
        with screen.working("cancelling"):
            if orders:
                return await _by_name(desk, screen, orders, by)
            if market is not None:
                _, ref = await patient(registry).locate(market, None)
                results = await desk.reduce.cancel_all(ref.venue, ref.market, by)
            else:
                registry.provider_of(str(everywhere))
                results = await desk.reduce.cancel_all(str(everywhere), None, by)
        return _tell_results(screen, [_safe(registry, one) for one in results])

    run_at_desk(context, work, as_json=as_json)


async def _by_name(desk: Desk, screen: Screen, names: Sequence[str], by: str) -> Exit:
    """Cancel each; one that fails keeps none of the others, and the worst exit status counts."""
    done: list[Order] = []
    failed: list[PmiError] = []
    for name in dict.fromkeys(name.strip() for name in names):
        try:
            done.append(await desk.reduce.cancel(name, by))
        except PmiError as error:
            error.message = f"{name}: {error.message}"
            failed.append(concealed(desk.registry, error))
    _tell(screen, done, [one.details() for one in failed])
    if not screen.as_json:
        for trouble in failed:
            screen.fail(trouble)
    return max((exit_for(one) for one in failed), default=Exit.OK)


def _safe(registry: Registry, result: BatchResult) -> BatchResult:
    """The same result, its message without pieces of secrets."""
    if result.message is None or result.order_ref is None:
        return result
    error = concealed(registry, PmiError(result.message, venue=result.order_ref.venue))
    return result.model_copy(update={"message": error.message})


def _tell_results(screen: Screen, results: Sequence[BatchResult]) -> Exit:
    done = [one.order for one in results if one.order is not None]
    failed = [one for one in results if one.order is None]
    _tell(screen, done, [one.model_dump(mode="json", exclude={"order"}) for one in failed])
    if not screen.as_json:
        for one in failed:
            screen.warn(f"{one.order_ref}: {one.message}")
        if not results:
            screen.note("no order was working there")
    return Exit.UNREACHABLE if failed else Exit.OK


def _tell(screen: Screen, done: Sequence[Order], errors: list[dict[str, Any]]) -> None:
    if screen.as_json:
        screen.document("cancel", items=[one.model_dump(mode="json") for one in done], errors=errors)
    elif done:
        show_orders(screen, done)


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
