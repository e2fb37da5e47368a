"""Rich's console with two habits taken from it."""

from __future__ import annotations

from typing import Any

from rich.console import Console

__all__ = ["PlainConsole"]


class PlainConsole(Console):
    """Reads no markup in what it prints, and lets a closed pipe be an ordinary error."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def on_broken_pipe(self) -> None:
        """Raise instead of leaving the program from within: servers and files are closed first."""
        raise BrokenPipeError
