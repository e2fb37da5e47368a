"""`reference/commands.md`."""

from __future__ import annotations

import inspect

import typer
from text import code, page, table

from pmi_mcp.terminal.app import app

TITLE = "Commands"


def build() -> str:
    """Every command of `pmi` with its arguments and options."""
    group = typer.main.get_command(app)
    context = group.make_context("pmi", [], resilient_parsing=True)
    parts = [f"## Options before the command\n\n{_options(group.params)}"]
    for name in group.list_commands(context):  # type: ignore[attr-defined]  # a group has commands
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        arguments = " ".join(
            (param.metavar or param.name.upper())
            for param in command.params
            if param.param_type_name == "argument"
        )
        usage = f"pmi {name} {arguments}".strip() + " [OPTIONS]"
        said = inspect.cleandoc(command.help or "")
        parts.append(
            f"## pmi {name}\n\n```text\n{usage}\n```\n\n{said}\n\n{_options(command.params)}".strip()
        )
    return page(
        TITLE,
        "On a terminal the answers are tables; in a pipe they are tab-separated rows; with `--json` each is one "
        "document with a `schema_version`, exact numbers as text, and errors as JSON on standard error. "
        "`NO_COLOR` and `FORCE_COLOR` are honoured. The exit statuses are listed with the "
        "[errors](errors.md#exit-statuses-of-pmi).",
        *parts,
    )


def _options(params: list[object]) -> str:
    rows = []
    for param in params:
        if param.name in ("help", "install_completion", "show_completion"):  # type: ignore[attr-defined]
            continue
        is_argument = param.param_type_name == "argument"  # type: ignore[attr-defined]
        shown = param.metavar or param.name if is_argument else ", ".join(param.opts)  # type: ignore[attr-defined]
        default = param.default  # type: ignore[attr-defined]
        given = default is not None and not callable(default) and not is_argument and default is not False
        rows.append(
            [code(shown), code(getattr(default, "value", default)) if given else "", param.help or ""]
        )  # type: ignore[attr-defined]
    return table(["option", "default", "meaning"], rows) if rows else ""
