"""``pmi audit``: what the journal tells, and whether somebody changed it."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run_at_desk

if TYPE_CHECKING:
    from pmi_core.desk import Desk, Entry
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["audit"]

audit = typer.Typer(name="audit", help="Look into the journal of orders.", no_args_is_help=True)


@audit.command()
def show(
    context: typer.Context,
    subject: Annotated[
        str | None,
        typer.Argument(metavar="[CODE]", help="A draft's code or an order's client order id; else all."),
    ] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="The last rows.")] = 20,
    as_json: Json = False,
) -> None:
    """Show the last rows, oldest first; the exit status is 1 when there is none."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        del registry
        from pmi_mcp.terminal.telling import tells

        rows: deque[Entry] = deque(maxlen=limit)
        async for entry in _entries(desk, subject):
            rows.append(entry)
        if screen.as_json:
            screen.document("audit", items=[_fields(entry) for entry in rows])
        else:
            screen.table(
                ["row", "time (UTC)", "kind", "of", "tells"],
                [
                    [entry.seq, _time(entry.time), entry.kind.value, _of(entry), tells(entry)]
                    for entry in rows
                ],
                numeric=frozenset({"row"}),
            )
            if not rows:
                screen.note("the journal tells nothing of that" if subject else "the journal is empty")
        return Exit.OK if rows else Exit.NO

    run_at_desk(context, work, as_json=as_json)


@audit.command()
def verify(
    context: typer.Context,
    *,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="HASH", help="A hash that was noted earlier.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Look for rows that were changed, moved, added or taken out; the exit status is 1 when one is found."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> Exit:
        from pmi_core.numbers import counted

        del registry
        with screen.working("reading the journal"):
            verdict = await desk.verify(expect)
        if screen.as_json:
            screen.document(
                "audit",
                whole=verdict.whole,
                rows=verdict.rows,
                hash=verdict.hash,
                faults=list(verdict.faults),
            )
            return Exit.OK if verdict.whole else Exit.NO
        for fault in verdict.faults:
            screen.say(f"fault: {fault}", style="bold red")
        screen.say(f"{counted(verdict.rows, 'row')}, {'whole' if verdict.whole else 'NOT whole'}")
        screen.say(verdict.hash)
        if verdict.whole:
            screen.note("keep the hash elsewhere; `pmi audit verify --expect HASH` then proves more")
        return Exit.OK if verdict.whole else Exit.NO

    run_at_desk(context, work, as_json=as_json)


@audit.command()
def export(
    context: typer.Context,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A new file; else standard output.")
    ] = None,
) -> None:
    """Write the whole journal as one JSON object a line, each with its hash."""

    async def work(desk: Desk, registry: Registry, screen: Screen) -> None:
        from pmi_core.numbers import counted

        del registry
        if out is None:
            async for line in desk.export():
                screen.line(line)
            return
        with _new_file(out) as file:
            rows = 0
            async for line in desk.export():
                file.write(f"{line}\n")
                rows += 1
        screen.note(f"{counted(rows, 'row')} written to {out}")

    run_at_desk(context, work)


def _new_file(path: Path) -> Any:
    """A file that only its owner reads; one that is there is left alone."""
    import os

    from pmi_core.errors import RequestError

    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RequestError(f"{path} is there already", hint="name a file that is not") from None
    except OSError as error:
        raise RequestError(f"{path} cannot be written: {error.strerror}", hint="name another file") from None
    return os.fdopen(number, "w", encoding="utf-8")


async def _entries(desk: Desk, subject: str | None) -> AsyncIterator[Entry]:
    """All rows, or those of a subject; a code may be typed in small letters."""
    if subject is None:
        async for entry in desk.entries():
            yield entry
        return
    wanted = {subject.strip(), subject.strip().upper()}
    async for entry in desk.entries():
        if entry.subject in wanted or str(entry.body.get("code")) in wanted:
            yield entry


def _time(text: str) -> str:
    return text[:19].replace("T", " ")


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "time": entry.time,
        "kind": entry.kind.value,
        "subject": entry.subject,
        "body": entry.body,
        "hash": entry.hash,
    }


def _of(entry: Entry) -> str:
    """The code of the draft that a row belongs to; its subject where there is none."""
    return str(entry.body.get("code") or entry.subject)
