"""``pmi tape``: a line for each thing that happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.live.options import Channels, References, Seconds
from pmi_mcp.terminal.options import VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pmi_core.models import Channel
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.live.sources import Source
    from pmi_mcp.terminal.screen import Screen

__all__ = ["JsonLines", "print_tape", "tape"]

JsonLines = Annotated[
    bool, typer.Option("--json", help="Print a JSON document a line, with exact numbers as text.")
]


def tape(
    context: typer.Context,
    references: References,
    *,
    channels: Channels = None,
    seconds: Seconds = None,
    venue: VenueName = None,
    as_json: JsonLines = False,
) -> None:
    """Print trades, own orders and fills, and every change of the connection, a line each, as they come.

    Ends with Ctrl-C (exit status 130), with `--for`, or when the reader of a pipe goes.  Nothing is left
    out in silence: if this cannot keep up, it says how many updates were lost and ends with status 5.
    """

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_mcp.terminal.live.sources import channels_of, find_sources

        wanted = None if channels is None else channels_of(channels)
        await print_tape(screen, await find_sources(registry, references, venue), wanted, seconds)

    run(context, work, as_json=as_json)


async def print_tape(
    screen: Screen, sources: Sequence[Source], wanted: frozenset[Channel] | None, seconds: float | None
) -> None:
    """Print what all the sources say."""
    from pmi_core.models import Channel
    from pmi_mcp.terminal.live.lines import print_update
    from pmi_mcp.terminal.live.sources import limited

    async def follow(source: Source) -> None:
        channels = wanted or frozenset({Channel.TRADE}) | source.account
        async for update in source.updates(source.wanted(channels)):
            print_update(screen, source.venue.name, update)

    await limited(sources, follow, seconds)
