"""``pmi approvals``, ``pmi approve``, ``pmi refuse``: what waits for a person, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run_at_desk

if TYPE_CHECKING:
    from pmi_core.desk import Desk
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["approvals", "approve", "refuse"]

Code = Annotated[str, typer.Argument(metavar="CODE", help="From the preview, such as 7K2M-Q4XD.")]


def approvals(
    context: typer.Context,
    *,
    page: Annotated[
        str | None, typer.Option("--open", metavar="CODE", help="Decide this one on the approval page.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what waits for a yes, oldest first, or open the approval page of one."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        del registry
        if page is not None:
            return await _open(desk, screen, page)
        waiting = await desk.waiting()
        if screen.as_json:
            screen.document("approvals", items=[one.model_dump(mode="json") for one in waiting])
            return Exit.OK
        from pmi_mcp.terminal.preview import money
        from pmi_mcp.terminal.sentence import of_draft

        screen.table(
            ["code", "until (UTC)", "what", "may lose"],
            [
                [
                    one.code,
                    f"{one.expires_at:%H:%M:%S}",
                    of_draft(one.draft),
                    f"{money(one.max_loss)} {one.currency}",
                ]
                for one in waiting
            ],
            numeric=frozenset({"may lose"}),
        )
        screen.note(
            "`pmi approve CODE` shows one and asks; `pmi refuse CODE` refuses it"
            if waiting
            else "nothing waits for a yes"
        )
        return Exit.OK

    run_at_desk(context, work, as_json=as_json)


def approve(context: typer.Context, code: Code) -> None:
    """Show a draft, ask the person at the terminal for the amount, and send it at once.

    Weaker than a passkey: a program that holds a terminal can type too.
    """

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.desk import ApprovalChannel
        from pmi_core.errors import OrderRefused
        from pmi_mcp.terminal import person
        from pmi_mcp.terminal.deciding import deliver, typed_yes
        from pmi_mcp.terminal.preview import show_preview

        del registry
        preview = await desk.shown(code)
        show_preview(screen, preview)
        await _check_waits(desk, preview.code)
        if ApprovalChannel.TERMINAL not in preview.approve_with:
            raise OrderRefused(
                f"an order at {preview.venue} is not approved in a terminal",
                hint=f"`pmi approvals --open {preview.code}` opens the page",
                venue=preview.venue,
                code="channel",
            )
        if not person.is_there():
            raise OrderRefused(
                "nobody is there to type the amount", hint="run this in a terminal", code="channel"
            )
        if not await typed_yes(desk, screen, preview):
            screen.note(f"nothing was sent; it still waits, `pmi refuse {preview.code}` ends that")
            return Exit.REFUSED
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, person.name())
        return await deliver(desk, screen, preview, kind="approve")

    run_at_desk(context, work)


def refuse(
    context: typer.Context,
    code: Code,
    *,
    reason: Annotated[
        str, typer.Option("--reason", "-r", help="For the journal and the one who asked.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Say no to a draft, also to one that was approved and is not sent yet."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> None:
        from pmi_core.desk import ApprovalChannel
        from pmi_mcp.terminal import person
        from pmi_mcp.terminal.sentence import of_draft

        del registry
        preview = await desk.shown(code)
        await desk.refuse(preview.code, ApprovalChannel.TERMINAL, person.name(), reason)
        if screen.as_json:
            screen.document("refuse", code=preview.code, state="refused", reason=reason or None)
        else:
            screen.headline(f"refused: {of_draft(preview.draft)}")

    run_at_desk(context, work, as_json=as_json)


async def _check_waits(desk: Desk, code: str) -> None:
    """Say early that there is nothing to decide any more."""
    from pmi_core.desk import TicketState
    from pmi_core.errors import OrderRefused

    state = await desk.state(code)
    if state is not TicketState.WAITING:
        raise OrderRefused(
            f"the draft {code} is {state.value} already", hint=f"`pmi audit show {code}` tells its story"
        )


async def _open(desk: Desk, screen: Screen, code: str) -> Exit:
    from pmi_mcp.terminal.deciding import deliver
    from pmi_mcp.terminal.page import approved_on_page

    preview = await desk.shown(code)
    await _check_waits(desk, preview.code)
    if not await approved_on_page(desk, screen, preview):
        screen.note("nothing was sent")
        return Exit.REFUSED
    return await deliver(desk, screen, preview, kind="approvals")
