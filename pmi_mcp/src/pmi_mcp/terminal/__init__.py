"""The ``pmi`` command for the terminal."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    from pmi_mcp.terminal.app import app

    app()
