"""Options of the commands that listen."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Channels", "LongestPause", "References", "Seconds", "Speed"]

References = Annotated[
    list[str], typer.Argument(metavar="REF...", help="Markets, such as venue:TICKER; several venues may mix.")
]
Seconds = Annotated[
    float | None, typer.Option("--for", min=0.1, metavar="SECONDS", help="End by itself after so long.")
]
Channels = Annotated[
    str | None,
    typer.Option(
        "--channels", "-c", help="With commas: book, ticker, trade, order, fill, position, lifecycle."
    ),
]
Speed = Annotated[
    float, typer.Option("--speed", min=0, help="2 is twice as fast as it was; 0 is without waiting.")
]
LongestPause = Annotated[
    float,
    typer.Option(
        "--longest-pause",
        min=0.1,
        metavar="SECONDS",
        help="Seconds that are played of a pause in which nothing was recorded; the rest is jumped over.",
    ),
]
