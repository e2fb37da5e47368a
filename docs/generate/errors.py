"""`reference/errors.md`."""

from __future__ import annotations

import inspect

from text import page, prose, table

from pmi_core import errors
from pmi_mcp.terminal.exits import Exit, exit_for

TITLE = "Errors"


def build() -> str:
    """The tree, what each class means, and the exit statuses."""
    drawing = inspect.getdoc(errors) or ""
    tree = "\n".join(line[4:] for line in drawing.splitlines() if line.startswith("    "))
    classes = [getattr(errors, name) for name in errors.__all__]
    classes.sort(key=lambda one: (len(one.__mro__), one.__name__))
    parts = [f"```text\n{tree}\n```"]
    for one in classes:
        under = one.__mro__[1].__name__
        parts.append(
            f"## {one.__name__}\n\n{prose(one)}\n\n"
            + (f"Kind of: `{under}`. " if under != "Exception" else "")
            + f"Asking again is {'harmless' if one.repeat_is_safe else 'NOT harmless'}. "
            + f"Exit status of `pmi`: {int(exit_for(one('')))}."
        )
    statuses = table(
        ["status", "name", "meaning"],
        [[int(status), status.name.lower(), _meaning(status)] for status in Exit],
    )
    parts.append(f"## Exit statuses of `pmi`\n\n{statuses}")
    return page(
        TITLE,
        "Everything that pmi raises on purpose is a `PmiError`, arranged by what the caller can do about "
        "it. Each error carries a sentence (`message`), what to do (`hint`), the `venue`, the "
        "`capability`, the venue's own `code`, and whether asking again can do harm (`repeat_is_safe`). "
        "`error.details()` gives all of it as plain data.",
        *parts,
    )


def _meaning(status: Exit) -> str:
    return {
        Exit.OK: "done",
        Exit.NO: "the answer is no: nothing found, something broken",
        Exit.USAGE: "the question cannot be asked like this",
        Exit.SETTINGS: "a setting or the installation is wrong",
        Exit.REFUSED: "refused: by a policy, a person, the venue, or for want of a right",
        Exit.UNREACHABLE: "busy, unreachable or failing; try again later",
        Exit.UNCERTAIN: "an order may or may not exist; look before repeating",
        Exit.WAITING: "nothing was sent yet; a person has to approve it, see `pmi approvals`",
        Exit.INTERRUPTED: "interrupted from the keyboard",
    }[status]
