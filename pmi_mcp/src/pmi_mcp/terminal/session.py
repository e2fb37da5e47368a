"""One run of a command: the registry, the screen, and how failures end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from pmi_mcp.terminal.exits import Exit, exit_for
from pmi_mcp.terminal.screen import Screen

if TYPE_CHECKING:
    from pmi_core.desk import Desk
    from pmi_core.errors import PmiError
    from pmi_core.plugins.registry import Registry

__all__ = ["Session", "concealed", "run", "run_at_desk"]


@dataclass(frozen=True, slots=True)
class Session:
    """What every command shares, from the options before the command's name."""

    config_path: Path | None = None
    color: str = "auto"
    debug: bool = False

    def screen(self, *, as_json: bool = False) -> Screen:
        """A screen for one command."""
        return Screen(as_json=as_json, color=self.color, debug=self.debug)

    def registry(self) -> Registry:
        """What is installed and configured; nothing is opened yet."""
        from pmi_core.plugins.registry import Registry

        return Registry.load(config_path=self.config_path)


def run(
    context: typer.Context,
    work: Callable[[Registry, Screen], Coroutine[Any, Any, Exit | None]],
    *,
    as_json: bool = False,
) -> NoReturn:
    """Run a command to its end and leave with its exit status."""
    from pmi_core.errors import PmiError

    session: Session = context.obj
    screen = session.screen(as_json=as_json)

    async def opened() -> Exit:
        async with session.registry() as registry:
            try:
                return await work(registry, screen) or Exit.OK
            except PmiError as error:
                concealed(registry, error)
                raise

    try:
        status = asyncio.run(opened())
        sys.stdout.flush()
    except PmiError as error:
        _explain(error, screen)
        status = exit_for(error)
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has seen enough.
        sys.stdout = None  # keeps the interpreter from flushing it again
        status = Exit.OK
    except KeyboardInterrupt:
        status = Exit.INTERRUPTED
    raise typer.Exit(int(status))


def run_at_desk(
    context: typer.Context,
    work: Callable[[Desk, Registry, Screen], Coroutine[Any, Any, Exit | None]],
    *,
    as_json: bool = False,
) -> NoReturn:
    """Run a command that sends, cancels or looks at what was sent: with the desk open as well."""

    async def opened(registry: Registry, screen: Screen) -> Exit | None:
        from pmi_core.desk import Desk

        async with Desk(registry) as desk:
            return await work(desk, registry, screen)

    run(context, opened, as_json=as_json)


def concealed(registry: Registry, error: PmiError) -> PmiError:
    """The same error, with general words in the place of those that hold a piece of a secret."""
    from pmi_core.errors import PmiError

    for name in registry.venue_names if error.venue is None else (error.venue,):
        try:
            conceal = registry.settings_of(name).conceal
        except PmiError:
            continue  # what cannot be read holds no secret that could have been used
        error.message = conceal(error.message)
        error.hint = conceal(error.hint) if error.hint else None
        error.code = conceal(error.code) if error.code else None
    return error


def _explain(error: PmiError, screen: Screen) -> None:
    if screen.debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    screen.fail(error)
