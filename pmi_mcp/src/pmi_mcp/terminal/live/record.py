"""``pmi record``: updates into Parquet files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.live.options import Channels, References, Seconds
from pmi_mcp.terminal.options import VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.errors import SequenceGap
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.live.sources import Source
    from pmi_mcp.terminal.screen import Screen

__all__ = ["record"]

_CHANNELS = "book,trade"


def record(
    context: typer.Context,
    references: References,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="A folder of its own.")],
    channels: Channels = _CHANNELS,
    seconds: Seconds = None,
    venue: VenueName = None,
) -> None:
    """Record every update of markets into a folder of Parquet files, until Ctrl-C or `--for`.

    What was received survives a kill of this program, and a failure of the machine but for the last
    second.  A disk that is full or fails ends it with an error that says how many updates are not
    recorded.  Recording into the same folder goes on where it ended; `pmi replay` plays it.
    """

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.history import Recording
        from pmi_core.history import record as write_down
        from pmi_core.numbers import counted
        from pmi_mcp.terminal.live.sources import channels_of, find_sources, limited

        wanted = channels_of(channels or _CHANNELS)
        recording = Recording(out)
        sources = await find_sources(registry, references, venue)

        def warn(gap: SequenceGap) -> None:
            screen.warn(f"{gap.message}; the recording says so, and goes on")

        async def follow(source: Source) -> None:
            await write_down(source.venue, source.wanted(wanted), recording, on_gap=warn)

        try:
            async with recording:
                names = ", ".join(ref for source in sources for ref in source.refs)
                screen.note(f"recording {names} into {out}; Ctrl-C ends it")
                await limited(sources, follow, seconds)
        finally:
            screen.note(f"{counted(recording.rows, 'row')} recorded")

    run(context, work)
