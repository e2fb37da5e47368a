"""``pmi watch``: books, trades and own orders as they move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pmi_core.errors import RequestError
from pmi_mcp.terminal.live.options import References
from pmi_mcp.terminal.options import VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["watch"]


def watch(context: typer.Context, references: References, *, venue: VenueName = None) -> None:
    """Watch markets live: book, trades, own orders, and whether the data are live.

    Keys: 1-9 or Tab choose a market, space holds the picture, n turns it to NO, ? helps, q leaves.
    """

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_mcp.terminal.live.sources import find_sources

        if not screen.is_terminal:
            raise RequestError("`pmi watch` needs a terminal", hint="in a pipe, use `pmi tape`")
        sources = await find_sources(registry, references, venue)
        from pmi_mcp.terminal.live.view import show

        await show(sources)

    run(context, work)
