"""The ``pmi`` command: its options and its commands."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pmi_mcp.terminal.account import balance, positions
from pmi_mcp.terminal.approvals import approvals, approve, refuse
from pmi_mcp.terminal.audit import audit
from pmi_mcp.terminal.cancel import cancel
from pmi_mcp.terminal.demo import demo
from pmi_mcp.terminal.doctor import doctor
from pmi_mcp.terminal.events import event, events
from pmi_mcp.terminal.kill import kill
from pmi_mcp.terminal.live.record import record
from pmi_mcp.terminal.live.replay import replay
from pmi_mcp.terminal.live.tape import tape
from pmi_mcp.terminal.live.watch import watch
from pmi_mcp.terminal.market import market
from pmi_mcp.terminal.order import amend, order
from pmi_mcp.terminal.orders import fills, orders
from pmi_mcp.terminal.passkey import passkey
from pmi_mcp.terminal.prices import book, candles, trades
from pmi_mcp.terminal.quote import quote
from pmi_mcp.terminal.reset import reset
from pmi_mcp.terminal.sandbox import sandbox
from pmi_mcp.terminal.search import search
from pmi_mcp.terminal.session import Session
from pmi_mcp.terminal.unknown import decide, reconcile, unknown
from pmi_mcp.terminal.venues import venues

__all__ = ["app"]


class Color(StrEnum):
    """When to use colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


app = typer.Typer(
    name="pmi",
    help="One interface to every prediction market.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"pmi {version('pmi-mcp')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="The configuration file; else PMI_CONFIG, else the platform's."),
    ] = None,
    color: Annotated[
        Color, typer.Option("--color", help="NO_COLOR and FORCE_COLOR are honoured.")
    ] = Color.AUTO,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    del version
    context.obj = Session(config_path=config, color=color.value, debug=debug)


_COMMANDS = {
    "Markets": (venues, search, events, event, market, book, trades, candles, quote),
    "Live": (watch, tape, record, replay),
    "Account": (balance, positions, orders, fills),
    "Orders": (order, amend, cancel, approvals, approve, refuse, passkey),
    "Care": (kill, audit, unknown, reconcile, decide, doctor, reset, demo, sandbox),
}
for panel, commands in _COMMANDS.items():
    for command in commands:
        if isinstance(command, typer.Typer):
            app.add_typer(command, rich_help_panel=panel)
        else:
            app.command(rich_help_panel=panel)(command)
