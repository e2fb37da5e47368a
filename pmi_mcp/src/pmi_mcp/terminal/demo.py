"""``pmi demo``: a short session with the real server, as an assistant would have it."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from pmi_mcp.terminal.demo_steps import Stopped
from pmi_mcp.terminal.exits import Exit

if TYPE_CHECKING:
    from fastmcp import Client

    from pmi_mcp.terminal.demo_ordering import Person
    from pmi_mcp.terminal.screen import Screen

__all__ = ["demo"]

_VENUE: Final = "paper"
"""The practice venue, which is there without any configuration."""
_PATIENCE: Final = 60.0


def demo(context: typer.Context) -> None:
    """Start the MCP server and play a short session on the practice exchange: look, buy, cancel; no network."""
    screen = context.obj.screen()
    try:
        asyncio.run(_bounded(screen))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of a pipe has seen enough; nobody is left to be told.
        sys.stdout = None
    except Stopped as reason:
        screen.note(f"the demonstration stopped: {reason}")
        raise typer.Exit(Exit.NO) from None


async def _bounded(screen: Screen) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            await _play(screen)
    except TimeoutError:
        raise Stopped(f"the server took longer than {_PATIENCE:.0f} seconds") from None


@asynccontextmanager
async def _server(folder: Path, person: Person) -> AsyncIterator[Client[Any]]:
    """The server as a child process over standard input and output, with an account of its own.

    The child gets the usual few variables of the environment and none that begins with PMI.
    """
    from fastmcp import Client
    from fastmcp.client.transports import StdioTransport

    config = folder / "pmi.toml"
    config.write_text(f"[venues.{_VENUE}]\n\n[approvals]\npage = false\n", encoding="utf-8")
    config.chmod(0o600)
    log = folder / "server.log"
    transport = StdioTransport(
        command=sys.executable,
        args=["-m", "pmi_mcp"],
        env={"PMI_CONFIG": str(config), "PMI_HOME": str(folder / "home")},
        log_file=log,
    )
    try:
        async with Client(transport, elicitation_handler=person) as client:
            yield client
    except (Stopped, BrokenPipeError):
        raise
    except Exception as error:
        said = log.read_text(encoding="utf-8").strip()[-2_000:] if log.exists() else ""
        raise Stopped(f"{error}\n{said}".strip()) from error


async def _play(screen: Screen) -> None:
    from pmi_mcp.terminal.demo_ordering import Person, order, verify
    from pmi_mcp.terminal.demo_reading import read

    screen.say("This is pmi-mcp as an assistant sees it: tools over a child process.", style="bold")
    screen.say("The venue is simulated: no network, no account, no money.\n")
    person = Person(screen)
    with tempfile.TemporaryDirectory(prefix="pmi-demo-") as name:
        folder = Path(name)
        async with _server(folder, person) as client:
            tools = await client.list_tools()
            screen.say(f"The server offers {len(tools)} tools:")
            screen.say("  " + ", ".join(tool.name for tool in tools) + "\n", style="dim")
            market = await read(client, screen, _VENUE)
            await order(client, screen, person, market)
        await verify(screen, folder / "pmi.toml", folder / "home")
    screen.say("Next: `pmi search WORDS`, `pmi order REF#yes --buy 10 --limit 0.42`,")
    screen.say("`pmi doctor`, or add `pmi-mcp` to your assistant.")
