"""`reference/commands.md`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer
from text import code, page, table

from pmi_mcp.terminal.app import app

TITLE = "Commands"


def build() -> str:
    """Every command of `pmi` with its arguments and options."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("pmi", [], resilient_parsing=True)
    return page(
        TITLE,
        "On a terminal the answers are tables; in a pipe they are tab-separated rows; with `--json` each is one "
        "document with a `schema_version`, exact numbers as text, and errors as JSON on standard error. "
        "`NO_COLOR` and `FORCE_COLOR` are honoured. The exit statuses are listed with the "
        "[errors](errors.md#exit-statuses-of-pmi).",
        f"## Options before the command\n\n{_options(group.params)}",
        *_commands(group, context, "pmi", "##"),
    )


def _commands(group: Any, context: Any, path: str, heading: str) -> Iterator[str]:
    """The sections of a group's commands; a command that has commands of its own is followed by them."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        whole = f"{path} {name}"
        said = inspect.cleandoc(command.help or "")
        if hasattr(command, "list_commands"):
            yield f"{heading} {whole}\n\n{said}"
            yield from _commands(command, context, whole, f"{heading}#")
            continue
        arguments = " ".join(_argument(param) for param in command.params if _is_argument(param))
        usage = f"{whole} {arguments}".strip() + " [OPTIONS]"
        yield f"{heading} {whole}\n\n```text\n{usage}\n```\n\n{said}\n\n{_options(command.params)}".strip()


def _options(params: list[Any]) -> str:
    rows = []
    for param in params:
        if param.name in ("help", "install_completion", "show_completion"):
            continue
        shown = _argument(param) if _is_argument(param) else _flags(param)
        rows.append([code(shown), code(_default(param)), param.help or ""])
    return table(["option", "default", "meaning"], rows) if rows else ""


def _flags(param: Any) -> str:
    """Every name of an option: those that set it, and after a slash those that unset it."""
    names = ", ".join(param.opts)
    if param.secondary_opts:
        return f"{names}/{', '.join(param.secondary_opts)}"
    return names if param.is_flag or not param.metavar else f"{names} {param.metavar}"


def _default(param: Any) -> object:
    """What holds when an option is left out; nothing for a plain flag, which is off."""
    given = param.default
    if _is_argument(param) or given is None or callable(given) or given is False or given == "":
        return None
    if param.secondary_opts:
        return param.opts[0] if given else param.secondary_opts[0]
    return getattr(given, "value", given)


def _argument(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")
