"""How ``pmi`` prints: tables on a terminal, tab-separated rows in a pipe, JSON when asked.

Text from venues is hostile: it passes the sanitizer and is never read as markup.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from rich.console import Console

    from pmi_core.errors import PmiError

__all__ = ["SCHEMA_VERSION", "Screen"]

_CELL, _SENTENCES = 200, 2_000
"""Letters of a cell at most, and of one with sentences."""
_MANY = 6
"""Columns that stand close together."""
_WHOLE = frozenset({"time (UTC)", "created (UTC)", "until (UTC)", "code"})
"""Columns that are never broken into lines."""

SCHEMA_VERSION = 1
"""Of the documents that ``--json`` prints; grows when a field changes its meaning or goes."""


_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def _json(value: object, indent: int | None = None) -> str:
    """JSON with every character that a terminal would obey, or nobody would see, as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


class Screen:
    """Standard output and standard error of one command."""

    def __init__(self, *, as_json: bool = False, color: str = "auto", debug: bool = False) -> None:
        self.as_json = as_json
        self.color = color
        self.debug = debug

    def _console(self, *, to_error: bool) -> Console:
        from pmi_mcp.terminal.console import PlainConsole

        choices: dict[str, dict[str, Any]] = {
            "always": {"force_terminal": True},
            "never": {"no_color": True, "color_system": None},
        }
        choice = choices.get(self.color, {})
        return PlainConsole(stderr=to_error, **choice)

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads standard output."""
        return self._console(to_error=False).is_terminal

    @property
    def ascii_only(self) -> bool:
        """Whether standard output cannot show braille and blocks."""
        encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
        return not encoding.startswith("utf")

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return self._console(to_error=False).width

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """Print text; wrapped by words on a terminal, as it is in a pipe."""
        console = self._console(to_error=False)
        console.print(text, style=style, soft_wrap=not console.is_terminal)

    def headline(self, text: str) -> None:
        """Print one sentence that may hold foreign text."""
        self.say(clean(text, 600), style="bold")

    def line(self, text: str) -> None:
        """Print a line that programs read, as it is but for what a terminal would obey."""
        sys.stdout.write(_UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text) + "\n")

    def warn(self, text: str) -> None:
        """Tell a person what to look at twice, on standard error; the text may be foreign."""
        self._console(to_error=True).print(f"! {clean(text, 600)}", style="bold yellow", soft_wrap=True)

    def note(self, text: str) -> None:
        """Tell a person something beside the answer; never part of piped output."""
        self._console(to_error=True).print(text, style="dim", soft_wrap=True)

    def document(self, kind: str, **content: Any) -> None:
        """Print one JSON document."""
        document = {"schema_version": SCHEMA_VERSION, "kind": kind, **content}
        sys.stdout.write(_json(document, indent=2) + "\n")

    def table(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        title: str | None = None,
        numeric: frozenset[str] = frozenset(),
        sentences: frozenset[str] = frozenset(),
        for_people: bool = False,
    ) -> None:
        """Print rows; cells are untrusted text, numbers are right-aligned by heading.

        What stands under the headings in ``sentences`` is told at length.  In a pipe they are tab-separated, unless they are only ``for_people``.  On a terminal headings
        without rows are left out.
        """
        longest = [_SENTENCES if heading in sentences else _CELL for heading in headings]
        cleaned = [
            ["" if cell is None else clean(str(cell), most) for cell, most in zip(row, longest, strict=True)]
            for row in rows
        ]
        if not self.is_terminal and not for_people:
            for row in [*([list(headings)] if any(headings) else []), *cleaned]:
                sys.stdout.write("\t".join(cell.replace("\t", " ") for cell in row) + "\n")
            return
        if not cleaned:
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(
            title=None if title is None else Text(clean(title)),
            title_justify="left",
            show_header=any(headings),
            box=SIMPLE_HEAD if any(headings) else None,
            show_edge=False,
            padding=(0, 2 if len(headings) < _MANY else 1, 0, 0),
        )
        for heading in headings:
            right = heading in numeric
            whole = right or heading in _WHOLE
            table.add_column(heading, justify="right" if right else "left", no_wrap=whole, overflow="fold")
        for row in cleaned:
            table.add_row(*(Text(cell) for cell in row))
        self._console(to_error=False).print(table)

    def fail(self, error: PmiError) -> None:
        """Print an error: what happened, and what to do about it."""
        if self.as_json:
            sys.stderr.write(_json(error.details()) + "\n")
            return
        console = self._console(to_error=True)
        console.print(f"error: {clean(error.message, 600)}", style="bold red", soft_wrap=True)
        if error.hint:
            console.print(f"  hint: {clean(error.hint, 600)}", soft_wrap=True)

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something takes time; only on a terminal, on standard error."""
        console = self._console(to_error=True)
        if self.as_json or not console.is_terminal:
            yield
            return
        with console.status(text):
            yield
