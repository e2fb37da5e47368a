"""``pmi passkey``: which passkeys may approve orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run, run_at_desk

if TYPE_CHECKING:
    from pmi_core.desk import Desk
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.approvals.passkeys import Passkey
    from pmi_mcp.terminal.screen import Screen

__all__ = ["passkey"]

passkey = typer.Typer(
    name="passkey", help="Passkeys that approve orders on the approval page.", no_args_is_help=True
)


@passkey.command()
def add(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option("--name", help="What to call it.")] = "passkey",
    as_json: Json = False,
) -> None:
    """Enrol a passkey: a page opens, and asks for the code that stands here."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.errors import OrderRefused
        from pmi_mcp.approvals import read_page_settings
        from pmi_mcp.approvals.browser import open_browser
        from pmi_mcp.approvals.enrolment import Enrolment
        from pmi_mcp.terminal import person

        if not person.is_there():
            raise OrderRefused(
                "only a person at a terminal enrols a passkey",
                hint="run `pmi passkey add` in a terminal",
                code="passkey",
            )
        settings = read_page_settings(registry.config)
        async with Enrolment(desk, _named(name), person.name(), port=settings.port) as enrolment:
            screen.note("Open this page in the browser that has the passkey, and type the code there.")
            screen.note(f"  page: {enrolment.address}")
            screen.note(f"  code: {enrolment.code}")
            if settings.open_browser and not await open_browser(enrolment.address):
                screen.note("no browser could be opened: open the page yourself")
            with screen.working("waiting for the page"):
                made = await enrolment.wait()
        if screen.as_json:
            screen.document("passkey", **_row(made))
        else:
            screen.say(f"The passkey {made.name} can approve orders now.")
            screen.note("To let nothing else approve: approve_with under [policy], see the documentation")
        return Exit.OK

    run_at_desk(context, work, as_json=as_json)


@passkey.command(name="list")
def list_(context: typer.Context, *, as_json: Json = False) -> None:
    """Show the enrolled passkeys; the exit status is 1 if there is none."""

    async def work(registry: Registry, screen: Screen) -> Exit:
        from pmi_mcp.approvals.passkeys import Passkeys

        known = Passkeys(registry.config.data_dir).all()
        if screen.as_json:
            screen.document("passkeys", passkeys=[_row(one) for one in known])
        elif known:
            screen.table(
                ("NAME", "ENROLLED", "LAST USED"),
                [(one.name, one.added, one.used or "never") for one in known],
            )
        else:
            screen.note("no passkey is enrolled; `pmi passkey add` enrols one")
        return Exit.OK if known else Exit.NO

    run(context, work, as_json=as_json)


@passkey.command()
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `pmi passkey list` shows it.")],
    *,
    as_json: Json = False,
) -> None:
    """Forget a passkey; it approves nothing any more."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_mcp.approvals.passkeys import Passkeys
        from pmi_mcp.terminal import person

        gone = Passkeys(registry.config.data_dir).remove(name)
        await desk.note_passkey("removed", gone.name, person.name())
        if screen.as_json:
            screen.document("passkey", **_row(gone), removed=True)
        else:
            screen.say(f"The passkey {gone.name} approves nothing any more.")
        return Exit.OK

    run_at_desk(context, work, as_json=as_json)


def _named(name: str) -> str:
    from pmi_mcp.texts import clean

    kept = clean(name, 60)
    if not kept or kept != name:
        raise typer.BadParameter("a name is one line of at most 60 plain characters")
    return kept


def _row(one: Passkey) -> dict[str, str | None]:
    return {"name": one.name, "added": one.added, "used": one.used}
