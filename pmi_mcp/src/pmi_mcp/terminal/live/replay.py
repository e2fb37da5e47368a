"""``pmi replay``: a recording, as if it happened now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.live.options import Channels, Speed
from pmi_mcp.terminal.live.tape import JsonLines, print_tape
from pmi_mcp.terminal.options import VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["replay"]


def replay(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `pmi record` wrote.")],
    *,
    speed: Speed = 1.0,
    channels: Channels = None,
    lines: Annotated[bool, typer.Option("--tape", help="Lines instead of the view.")] = False,
    venue: VenueName = None,
    as_json: JsonLines = False,
) -> None:
    """Play a recording: in the view of `pmi watch` on a terminal, else as the lines of `pmi tape`.

    The view shows every channel; `--channels` is for lines.
    """

    async def work(_: Registry, screen: Screen) -> None:
        from pmi_core.errors import RequestError
        from pmi_core.history import replay_venue
        from pmi_core.models import MarketQuery
        from pmi_mcp.terminal.live.sources import Source, channels_of

        wanted = None if channels is None else channels_of(channels)
        in_view = screen.is_terminal and not lines and not as_json
        if in_view and wanted is not None:
            raise RequestError("the view shows every channel", hint="add --tape, which prints lines")
        async with await replay_venue(folder, venue=venue, speed=speed or None) as opened:
            assert opened.markets is not None, "a recording has markets"
            found = await opened.markets.list_markets(MarketQuery(limit=1000))
            if not found.items:
                raise RequestError(
                    "no market is described in this recording",
                    hint="play it in a program: pmi_core.history.replay_venue",
                )
            sources = [Source(opened, tuple(market.ref.market for market in found.items))]
            if not in_view:
                await print_tape(screen, sources, wanted, None)
                return
            from pmi_mcp.terminal.live.view import show

            await show(sources)

    run(context, work, as_json=as_json)
