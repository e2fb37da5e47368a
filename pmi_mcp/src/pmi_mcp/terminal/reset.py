"""``pmi reset``: start a practice account over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["reset"]


def reset(
    context: typer.Context,
    venue: Annotated[str, typer.Argument(metavar="VENUE", help="A configured venue; see `pmi venues`.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Start a practice account over: its orders, positions and money are forgotten."""

    async def work(registry: Registry, screen: Screen) -> Exit:
        from pmi_core.errors import RequestError

        if registry.provider_of(venue).reset is None:
            raise RequestError(f"an account at venue {venue!r} cannot be started over", venue=venue)
        if not yes and not _agreed(venue):
            screen.note("nothing was forgotten")
            return Exit.REFUSED
        said = await registry.reset(venue)
        if screen.as_json:
            screen.document("reset", venue=venue, message=said)
        else:
            screen.say(said)
        return Exit.OK

    run(context, work, as_json=as_json)


def _agreed(venue: str) -> bool:
    """Ask the person; without one, nobody agrees."""
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked; add --yes")
    return typer.confirm(f"Forget all orders, positions and money at {venue}?", err=True)
