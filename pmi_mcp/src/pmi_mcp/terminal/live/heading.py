"""The lines above the book: how the data stand, which market this is, and all markets at a glance."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pmi_mcp.terminal.live.drawing import cut, even
from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pmi_core.history import Playhead
    from pmi_core.models import Level
    from pmi_mcp.terminal.live.board import Watched

__all__ = ["draw_list", "draw_recording", "draw_state"]

_STATES = {
    "live": ("●", "bold cyan"),
    "connecting": ("○", "bold yellow"),
    "awaited": ("○", "bold yellow"),
    "stale": ("◌", "bold yellow"),
    "resyncing": ("◌", "bold yellow"),
    "pause": ("‖", "bold yellow"),
    "gap": ("✗", "bold red"),
    "closed": ("✗", "bold red"),
    "ended": ("■", "bold"),
}
_BAR = 10


def _mark(state: str) -> tuple[str, str]:
    return _STATES.get(state, ("?", "bold red"))


def draw_state(
    market: Watched, width: int, now: datetime, *, held: datetime | None, no: bool, recorded: bool = False
) -> Text:
    """Two lines: how the data stand, and which market this is."""
    drawn = Text()
    if held is not None:
        drawn.append(f"HELD since {held:%H:%M:%S} UTC, space goes on  ", style="bold yellow reverse")
    state, reason, part = market.worst
    dot, style = _mark(state)
    drawn.append(f"{dot} {_word(state, part, recorded=recorded)}", style=style)
    if reason:
        drawn.append(f"  {clean(reason, 200)}", style="default")
    if market.book is not None:
        age = max((now - market.book.received_time).total_seconds(), 0)
        drawn.append(f"  changed {_length(age)} {'before' if recorded else 'ago'}", style="dim")
    drawn.truncate(width, overflow="ellipsis")
    name = cut(f"{market.ref}{' NO' if no else ' YES'}", width)
    drawn.append(f"\n{name}", style="bold")
    drawn.append(f"  {cut(clean(market.title, 200), width - cell_len(name) - 2)}" if market.title else "")
    return drawn


def _word(state: str, part: str | None, *, recorded: bool) -> str:
    if state == "awaited":
        return "LIVE, no book yet" if part in (None, "book") else f"LIVE, {part} not read yet"
    if state == "ended":
        return "the recording is over"
    if state == "pause":
        return "the recording pauses"
    said = f"{state.upper()}{f' ({part})' if part else ''}"
    return f"was {said}" if recorded else said


def draw_recording(playhead: Playhead, width: int) -> Text:
    """One line: that this is a recording, the moment that is played, and how far that is."""
    full = int(playhead.progress * _BAR)
    drawn = Text("RECORDING", style="bold reverse")
    drawn.append(f" {playhead.now():%Y-%m-%d %H:%M:%S} UTC  ", style="bold")
    drawn.append("━" * full + "╌" * (_BAR - full))
    drawn.append(f" {int(playhead.progress * 100):>3}%")
    if playhead.speed not in (None, 1):
        drawn.append(f"  speed {playhead.speed:g}")
    if (pause := playhead.pause) is not None:
        length = pause.length.total_seconds()
        drawn.append(f"  skips a pause of {_length(length)}", style="bold yellow")
    drawn.truncate(width, overflow="ellipsis")
    return drawn


def _length(seconds: float) -> str:
    for length, letter in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{int(seconds // length)} {letter}"
    return f"{int(seconds)} s"


def draw_list(markets: Sequence[Watched], chosen: int, width: int, height: int) -> Text:
    """A line for each market under a heading, the chosen one marked; how many more there are."""
    rows = height - 1 if len(markets) < height else max(height - 2, 1)
    first = min(max(chosen - rows // 2, 0), max(len(markets) - rows, 0))
    shown = list(enumerate(markets))[first : first + rows]
    bids = _column([market.book.best_bid if market.book else None for _, market in shown])
    asks = _column([market.book.best_ask if market.book else None for _, market in shown])
    room = max(width - 34, 8)
    drawn = Text(cut(f"    {'data':<12} {'market':<{room}} {'bid':>7} {'ask':>7}", width), style="dim")
    for (at, market), bid, ask in zip(shown, bids, asks, strict=True):
        state, _, part = market.worst
        dot, style = _mark(state)
        word = {"awaited": "not read" if part and part != "book" else "no book"}.get(state, state)
        drawn.append("\n")
        drawn.append(">" if at == chosen else " ", style="bold")
        drawn.append(f"{at + 1:>2} ")
        drawn.append(f"{dot} {word:<10}", style=style)
        name = set_cell_size(cut(str(market.ref), room), room)
        drawn.append(f" {name} ", style="bold" if at == chosen else "default")
        drawn.append(f"{bid:>7} {ask:>7}", style="default" if market.of_book.is_live else "dim")
    if (more := len(markets) - len(shown)) > 0:
        drawn.append(f"\n    {more} more: Tab, ↓ ↑", style="dim")
    return drawn


def _column(levels: Sequence[Level | None]) -> list[str]:
    written: Callable[[Decimal], str] = even([level.price for level in levels if level is not None])
    return ["-" if level is None else written(level.price) for level in levels]
