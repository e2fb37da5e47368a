"""``pmi order``, ``pmi amend``: a preview, a person's yes, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json, Reference, VenueName
from pmi_mcp.terminal.session import run_at_desk

if TYPE_CHECKING:
    from datetime import datetime

    from pmi_core.desk import Desk
    from pmi_core.models import Order
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["amend", "order"]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the preview and stop; nothing can be sent.")]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Ask nobody; only where and as far as token_ceiling lets it.")
]
Intent = Annotated[str, typer.Option("--intent", help="What it is for; kept in the journal.")]


def order(
    context: typer.Context,
    reference: Reference,
    *,
    limit: Annotated[
        str, typer.Option("--limit", "-l", metavar="PRICE", help="The worst price of a contract, 0 to 1.")
    ],
    buy: Annotated[
        str | None, typer.Option("--buy", "-b", metavar="SIZE", help="Buy so many contracts.")
    ] = None,
    sell: Annotated[
        str | None, typer.Option("--sell", "-s", metavar="SIZE", help="Sell so many contracts.")
    ] = None,
    notional: Annotated[
        bool, typer.Option("--notional", help="SIZE is money without fees instead of contracts.")
    ] = False,
    outcome: Annotated[
        str | None, typer.Option("--outcome", "-o", help="yes or no, where REF does not name it.")
    ] = None,
    tif: Annotated[
        str | None,
        typer.Option(
            "--tif",
            metavar="WORD",
            help="gtc until cancelled (the default), gtd until --expires, ioc now, fok all of it now.",
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="TIME", help="ISO 8601 UTC, or from now: 30m, 2h, 1d."),
    ] = None,
    post_only: Annotated[bool, typer.Option("--post-only", help="Only if it rests in the book.")] = False,
    reduce_only: Annotated[
        bool, typer.Option("--reduce-only", help="Only to make a position smaller.")
    ] = False,
    group: Annotated[str | None, typer.Option("--group", metavar="REF", help="An order group.")] = None,
    intent: Intent = "",
    venue: VenueName = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Preview an order, ask the person at the terminal for the amount, and send it.

    Without a terminal, and with --json, it waits for its approval: the exit status is 7.
    """

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.errors import RequestError
        from pmi_mcp.drafting import order_draft
        from pmi_mcp.terminal.deciding import decide_now
        from pmi_mcp.terminal.listing import patient

        if (buy is None) == (sell is None):
            raise RequestError("buy or sell?", hint="give exactly one of --buy SIZE and --sell SIZE")
        amount = buy if sell is None else sell
        now = registry.clock.now()
        draft = await order_draft(
            patient(registry),
            market=reference,
            outcome=outcome,
            venue=venue,
            expires=None if expires is None else _deadline(expires, now).isoformat(),
            group=group,
            action="sell" if buy is None else "buy",
            notional=amount if notional else None,
            size=None if notional else amount,
            price=limit,
            time_in_force=(tif or ("gtd" if expires else "gtc")).strip().lower(),
            post_only=post_only,
            reduce_only=reduce_only,
            intent=intent,
        )
        with screen.working("asking the market"):
            preview = await desk.preview(draft)
        return await decide_now(desk, screen, preview, kind="order", dry_run=dry_run, yes=yes)

    run_at_desk(context, work, as_json=as_json)


def amend(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="ORDER", help="An order that rests; see `pmi orders`.")],
    *,
    limit: Annotated[
        str | None, typer.Option("--limit", "-l", metavar="PRICE", help="Else as it is.")
    ] = None,
    size: Annotated[
        str | None,
        typer.Option("--size", metavar="SIZE", help="In all, with what is filled; else as it is."),
    ] = None,
    intent: Intent = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Move a resting order to another price or size, with a yes like an order.

    Fewer contracts at the same price need no yes, and are taken off at once.
    """

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.desk import AmendDraft
        from pmi_core.errors import RequestError
        from pmi_core.identifiers import OrderRef
        from pmi_mcp.drafting import drafted
        from pmi_mcp.terminal.deciding import decide_now

        if limit is None and size is None:
            raise RequestError("nothing would change", hint="give --limit, --size or both")
        ref = OrderRef(reference.strip())
        resting = await _resting(registry, ref)
        if resting.size is None:
            raise RequestError(f"{ref} is an amount of money and no number of contracts", hint="cancel it")
        draft: AmendDraft = drafted(
            AmendDraft,
            order_ref=ref,
            price=resting.price if limit is None else limit,
            size=resting.size if size is None else size,
            intent=intent,
        )
        if draft.price == resting.price and draft.size < resting.size and not dry_run:
            return await _decrease(desk, screen, ref, resting, draft)
        with screen.working("asking the market"):
            preview = await desk.preview(draft)
        return await decide_now(desk, screen, preview, kind="amend", dry_run=dry_run, yes=yes)

    run_at_desk(context, work, as_json=as_json)


async def _resting(registry: Registry, ref: Any) -> Order:
    from pmi_core.capabilities import Capability
    from pmi_mcp.terminal.listing import patient

    venues = patient(registry)
    part = await venues.part(ref.venue, Capability.ORDERS)
    found: Order = await venues.wait(ref.venue, part.get_order(ref))
    return found


async def _decrease(desk: Desk, screen: Screen, ref: Any, resting: Order, draft: Any) -> Exit:
    from pmi_mcp.terminal import person
    from pmi_mcp.terminal.cancel import show_orders

    left = await desk.reduce.decrease(ref, resting.size - draft.size, person.name())
    if screen.as_json:
        screen.document("amend", state="decreased", order=left.model_dump(mode="json"))
    else:
        show_orders(screen, [left])
    return Exit.OK


def _deadline(text: str, now: datetime) -> datetime:
    """A moment to come: ISO 8601, or ahead from now such as ``2h``."""
    from pmi_mcp.times import moment

    read = moment(text, now, "expires")
    return now + (now - read) if text.strip()[-1:].lower() in "mhdw" and read < now else read
