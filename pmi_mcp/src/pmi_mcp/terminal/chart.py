"""A price chart made of braille dots, with volume bars below; no dependency, no escape codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pmi_core.models import Candle

__all__ = ["Chart", "draw_chart"]

_BRAILLE: Final = 0x2800
_DOTS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BARS: Final = " ▁▂▃▄▅▆▇█"
_ASCII_BARS: Final = " .:-=+*#@"
_AXIS: Final = 7
_VOLUME_ROWS: Final = 2
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart: lines of text, ready to print."""

    lines: tuple[str, ...]
    last: Decimal | None
    """The last known close, in dollars."""

    def __str__(self) -> str:
        return "\n".join(self.lines)


def draw_chart(
    candles: Sequence[Candle], *, width: int = 72, height: int = 12, ascii_only: bool = False
) -> Chart:
    """Draw the closes in per cent over time, and the volume below.

    A candle without a price leaves a gap; no line is ever drawn through one.

    Args:
        candles: oldest first.
        width: columns in all, axis included; at least 20.
        height: lines for the price; at least 3.
        ascii_only: for terminals that cannot show braille and blocks.
    """
    width, height = max(width, 20), max(height, 3)
    columns = width - _AXIS - 1
    closes = [candle.close if candle.close is not None else _mid(candle) for candle in candles]
    known = [close for close in closes if close is not None]
    if not known:
        return Chart(lines=("no prices in this time",), last=None)
    low, high = _bounds(known)
    dots_per_column = 1 if ascii_only else 2
    dots_per_line = 1 if ascii_only else 4
    spots = _sample(closes, columns * dots_per_column)
    levels = height * dots_per_line
    rows = [
        None if spot is None else int((spot - low) / (high - low) * (levels - 1) + Decimal("0.5"))
        for spot in spots
    ]
    canvas = _ascii(rows, columns, height) if ascii_only else _braille(rows, columns, height)
    edge = "|" if ascii_only else "┤"
    lines = [f"{_label(low, high, height, row):>{_AXIS - 1}} {edge}{text}" for row, text in enumerate(canvas)]
    lines += _volume(candles, columns, ascii_only=ascii_only)
    lines.append(_times(candles, columns))
    return Chart(lines=tuple(line.rstrip() for line in lines), last=known[-1])


def _mid(candle: Candle) -> Decimal | None:
    if candle.bid_close is None or candle.ask_close is None:
        return None
    return (candle.bid_close + candle.ask_close) / 2


def _bounds(known: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    low, high = min(known), max(known)
    room = max((high - low) / 10, Decimal("0.005"))
    return max(low - room, Decimal(0)), min(high + room, Decimal(1))


def _sample(values: Sequence[Decimal | None], columns: int) -> list[Decimal | None]:
    """Spread the values over the columns; the last value that falls into a column stands for it."""
    count = len(values)
    return [
        values[max(place * count // columns, (place + 1) * count // columns - 1)] for place in range(columns)
    ]


def _span(rows: Sequence[int | None], place: int) -> range:
    """The levels that one column covers: from the previous column's level to its own."""
    here = rows[place]
    assert here is not None
    before = rows[place - 1] if place else None
    if before is None or before == here:
        return range(here, here + 1)
    return range(before + 1, here + 1) if here > before else range(here, before)


def _braille(rows: Sequence[int | None], columns: int, height: int) -> list[str]:
    cells = [[0] * columns for _ in range(height)]
    top = height * 4 - 1
    for place, row in enumerate(rows):
        if row is None:
            continue
        for level in _span(rows, place):
            down = top - level
            cells[down // 4][place // 2] |= _DOTS[place % 2][down % 4]
    return ["".join(chr(_BRAILLE + cell) if cell else " " for cell in line) for line in cells]


def _ascii(rows: Sequence[int | None], columns: int, height: int) -> list[str]:
    cells = [[" "] * columns for _ in range(height)]
    for place, row in enumerate(rows):
        if row is None:
            continue
        for level in _span(rows, place):
            cells[height - 1 - level][place] = "*" if level == row else "|"
    return ["".join(line) for line in cells]


def _label(low: Decimal, high: Decimal, height: int, row: int) -> str:
    if row not in (0, height // 2, height - 1):
        return ""
    value = high - (high - low) * row / (height - 1)
    return f"{value * _HUNDRED:.1f}%"


def _volume(candles: Sequence[Candle], columns: int, *, ascii_only: bool) -> list[str]:
    # The busiest candle stands for its column: a sum would tower wherever two fall together.
    busiest = [Decimal(0)] * columns
    count = len(candles)
    for place in range(max(columns, count)):
        column, candle = (
            (place * columns // count, candles[place])
            if count > columns
            else (place, candles[place * count // columns])
        )
        if candle.volume is not None:
            busiest[column] = max(busiest[column], candle.volume)
    most = max(busiest)
    if most <= 0:
        return []
    bars = _ASCII_BARS if ascii_only else _BARS
    steps = (len(bars) - 1) * _VOLUME_ROWS
    heights = [0 if total == 0 else max(1, int(total / most * steps + Decimal("0.5"))) for total in busiest]
    lines = []
    for row in range(_VOLUME_ROWS):
        floor = (_VOLUME_ROWS - 1 - row) * (len(bars) - 1)
        text = "".join(bars[min(max(tall - floor, 0), len(bars) - 1)] for tall in heights)
        name = "volume" if row == _VOLUME_ROWS - 1 else ""
        lines.append(f"{name:>{_AXIS - 1}}  {text}")
    return lines


def _times(candles: Sequence[Candle], columns: int) -> str:
    first, last = candles[0].start, candles[-1].end
    form = "%d %b %H:%M" if (last - first).days < 8 else "%d %b %Y"
    left, right = first.strftime(form), f"{last.strftime(form)} UTC"
    return " " * (_AXIS + 1) + left + right.rjust(max(columns - len(left), len(right) + 1))
