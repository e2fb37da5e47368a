"""``pmi replay``: a recording, as if it happened now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.live.options import Channels, LongestPause, Speed
from pmi_mcp.terminal.live.tape import JsonLines, print_tape
from pmi_mcp.terminal.options import VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.history import Playhead
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
    longest_pause: LongestPause = 5.0,
    venue: VenueName = None,
    as_json: JsonLines = False,
) -> None:
    """Play a recording: in the view of `pmi watch` on a terminal, else as the lines of `pmi tape`.

    The view shows every channel; `--channels` is for lines.  Of a pause in which nothing was recorded
    only `--longest-pause` seconds are played; the rest is jumped over, and said.
    """

    async def work(_: Registry, screen: Screen) -> None:
        from pmi_core.errors import RequestError
        from pmi_core.history import open_replay
        from pmi_core.models import MarketQuery
        from pmi_mcp.terminal.live.sources import Source, channels_of

        wanted = None if channels is None else channels_of(channels)
        in_view = screen.is_terminal and not lines and not as_json
        if in_view and wanted is not None:
            raise RequestError("the view shows every channel", hint="add --tape, which prints lines")
        replay = await open_replay(folder, venue=venue, speed=speed or None, longest_pause=longest_pause)
        async with replay.venue as opened:
            assert opened.markets is not None, "a recording has markets"
            found = await opened.markets.list_markets(MarketQuery(limit=1000))
            if not found.items:
                raise RequestError(
                    "no market is described in this recording",
                    hint="play it in a program: pmi_core.history.replay_venue",
                )
            refs = tuple(market.ref.market for market in found.items)
            sources = [Source(opened, refs, has_account=True)]
            if not in_view:
                _say_jumps(screen, replay.playhead)
                await print_tape(screen, sources, wanted, None)
                return
            from pmi_mcp.terminal.live.view import show

            await show(sources, replay.playhead)

    run(context, work, as_json=as_json)


def _say_jumps(screen: Screen, playhead: Playhead) -> None:
    """Say beside the lines that they do not come as slowly as they came then."""
    from pmi_core.numbers import counted

    jumped = playhead.timeline.jumped
    if jumped and playhead.speed is not None:
        longest = max(pause.length for pause in jumped)
        screen.note(
            f"{counted(len(jumped), 'long pause')} of the recording will be jumped over, the longest of"
            f" {longest}; --longest-pause plays more of them"
        )
