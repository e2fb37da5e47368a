"""``pmi kill``: the switch that stops every order; a person at a terminal alone takes it away."""

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

__all__ = ["kill"]

_PATIENCE = 300.0

kill = typer.Typer(name="kill", help="Stop every order at once; cancelling goes on.", no_args_is_help=True)


@kill.command()
def on(
    context: typer.Context,
    *,
    reason: Annotated[str, typer.Option("--reason", "-r", help="For whoever finds it engaged.")] = "",
    as_json: Json = False,
) -> None:
    """Stop every order of every process on this machine, from now on; cancelling goes on."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> None:
        from pmi_mcp.terminal import person

        del registry
        await desk.engage_kill_switch(reason or "no reason given", person.name())
        _tell(desk, screen)

    run_at_desk(context, work, as_json=as_json)


@kill.command()
def status(context: typer.Context, *, as_json: Json = False) -> None:
    """Say whether orders are stopped; the exit status is 1 if they are not."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        del registry
        _tell(desk, screen)
        return Exit.OK if desk.kill.engaged else Exit.NO

    run_at_desk(context, work, as_json=as_json)


@kill.command()
def off(context: typer.Context, *, as_json: Json = False) -> None:
    """Let orders pass again; only a person at a terminal can, by typing a word."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.desk.kill import release
        from pmi_core.errors import OrderRefused
        from pmi_mcp.terminal import person

        if not desk.kill.engaged:
            _tell(desk, screen)
            return Exit.OK
        if not person.is_there():
            raise OrderRefused(
                "only a person at a terminal releases the kill switch",
                hint="run `pmi kill off` in a terminal",
                code="kill_switch",
            )
        screen.note(f"engaged: {desk.kill.reason or 'nobody said why'}")
        if await person.ask("Type release to let orders pass again: ", _PATIENCE) != "release":
            screen.note("the kill switch stays engaged")
            return Exit.REFUSED
        said = release(registry.config.data_dir)
        await desk.note_release(said or "", person.name())
        _tell(desk, screen)
        return Exit.OK

    run_at_desk(context, work, as_json=as_json)


def _tell(desk: Desk, screen: Screen) -> None:
    from pmi_mcp.texts import clean

    engaged, reason = desk.kill.engaged, clean(desk.kill.reason, 500)
    if screen.as_json:
        screen.document("kill", engaged=engaged, reason=reason or None, file=str(desk.kill.path))
        return
    if engaged:
        screen.say(f"engaged: no order passes, cancelling does ({reason or 'nobody said why'})", style="bold")
        screen.note("`pmi kill off` in a terminal releases it")
    else:
        screen.say("not engaged: orders pass")
