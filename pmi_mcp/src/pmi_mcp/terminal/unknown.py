"""``pmi unknown``, ``pmi reconcile``, ``pmi decide``: orders whose fate is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run_at_desk

if TYPE_CHECKING:
    from pmi_core.desk import Desk, SentOrder
    from pmi_core.identifiers import OrderRef
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["decide", "reconcile", "unknown"]

_PATIENCE = 300.0


def unknown(context: typer.Context, *, as_json: Json = False) -> None:
    """List orders that were sent and may or may not exist; the exit status is 6 if there are any."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        del registry
        return _tell(screen, await desk.in_doubt(), "unknown", ())

    run_at_desk(context, work, as_json=as_json)


def reconcile(
    context: typer.Context,
    venue: Annotated[str, typer.Argument(metavar="VENUE", help="A configured venue; see `pmi venues`.")],
    *,
    as_json: Json = False,
) -> None:
    """Look for a venue's unknown orders now; nothing is sent. The exit status is 6 if some stay unknown."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        registry.provider_of(venue)
        before = {one.client_order_id: one for one in await desk.in_doubt() if one.venue == venue}
        with screen.working(f"looking at {venue}"):
            left = await desk.reconcile(venue)
        gone = before.keys() - {one.client_order_id for one in left}
        settled = [
            one
            for code in dict.fromkeys(before[name].code for name in before if name in gone)
            for one in (await desk.sent(code)).orders
            if one.client_order_id in gone
        ]
        return _tell(screen, left, "reconcile", settled)

    run_at_desk(context, work, as_json=as_json)


def decide(
    context: typer.Context,
    client_order_id: Annotated[str, typer.Argument(metavar="ID", help="From `pmi unknown`.")],
    *,
    order: Annotated[
        str | None, typer.Option("--is", metavar="ORDER", help="It is this order of the venue.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="There is no such order.")] = False,
) -> None:
    """Say what became of an unknown order, where looking cannot tell; a person at a terminal alone may.

    Look at the venue's own page first: what you say is believed.
    """

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.errors import NotFound, OrderRefused, RequestError
        from pmi_core.identifiers import OrderRef
        from pmi_mcp.terminal import person
        from pmi_mcp.terminal.outcome import unknown_rows

        if (order is None) != none:
            raise RequestError("what became of it?", hint="give exactly one of --is ORDER and --none")
        ref = None if order is None else OrderRef(order.strip())
        found = [one for one in await desk.in_doubt() if one.client_order_id == client_order_id.strip()]
        if not found:
            raise NotFound(f"nothing unknown has the id {client_order_id[:64]!r}", hint="see `pmi unknown`")
        if ref is not None:
            await _check_order(registry, found[0], ref)
        if not person.is_there():
            raise OrderRefused(
                "only a person at a terminal decides that", hint="run this in a terminal", code="terminal"
            )
        screen.table(["id", "venue", "what", "why"], unknown_rows(tuple(found)))
        claim = "there is no such order" if ref is None else f"it is {ref}"
        if await person.ask(f"Type yes if {claim}: ", _PATIENCE) != "yes":
            screen.note("it stays unknown")
            return Exit.REFUSED
        await desk.decide(found[0].client_order_id, ref, person.name())
        screen.say(f"{found[0].client_order_id}: {claim}")
        return Exit.OK

    run_at_desk(context, work)


async def _check_order(registry: Registry, one: SentOrder, ref: OrderRef) -> None:
    """See that the order exists and asks for the same; a venue that is gone cannot tell.

    Raises:
        RequestError: it is an order of another venue or market.
        NotFound: the venue knows no such order.
    """
    from pmi_core.capabilities import Capability
    from pmi_core.errors import RequestError, VenueError
    from pmi_mcp.terminal.listing import patient

    if ref.venue != one.venue:
        raise RequestError(f"{ref} is no order of {one.venue}", hint="name an order of that venue")
    venues = patient(registry)
    try:
        part = await venues.part(ref.venue, Capability.ORDERS)
        found = await venues.wait(ref.venue, part.get_order(ref))
    except VenueError:
        return
    if one.order is not None and found.market_ref != one.order.market_ref:
        raise RequestError(f"{ref} is an order in {found.market_ref}", hint=f"this one is in {one.market}")


def _tell(
    screen: Screen, left: tuple[SentOrder, ...], kind: str, settled: list[SentOrder] | tuple[()]
) -> Exit:
    from pmi_mcp.terminal.outcome import unknown_rows

    if screen.as_json:
        screen.document(
            kind,
            items=[one.model_dump(mode="json") for one in left],
            settled=[one.model_dump(mode="json") for one in settled],
        )
        return Exit.UNCERTAIN if left else Exit.OK
    screen.table(["id", "venue", "what", "why"], unknown_rows(left))
    for one in settled:
        became = {"done": f"it is {one.order_ref}", "absent": "it is not there", "rejected": "it was refused"}
        screen.note(f"{one.client_order_id}: {became.get(one.state.value, one.state.value)}")
    if left:
        screen.note("`pmi reconcile VENUE` looks for them; nothing is ever sent again by itself")
    else:
        screen.note("nothing is unknown")
    return Exit.UNCERTAIN if left else Exit.OK
