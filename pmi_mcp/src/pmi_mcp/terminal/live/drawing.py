"""Pictures of one market: text in the colours of the terminal, never by colour alone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pmi_core.models import Fill, Level, Order
    from pmi_mcp.terminal.live.board import Feed, Watched

__all__ = ["cut", "draw_book", "draw_own", "draw_trades", "even"]

_YES, _NO = "blue", "yellow"
_WIDE = 37
"""Columns from which on a book has room for its totals."""
_TRADE_WIDE = 30
"""Columns from which on a trade has room for wide cells."""


def cut(text: str, width: int) -> str:
    """The text, with a mark at its end where it did not fit."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def even(prices: Sequence[Decimal]) -> Callable[[Decimal], str]:
    """Print prices with as many decimals as the finest of them."""
    places = max((-int(price.as_tuple().exponent) for price in prices), default=0)
    return lambda price: f"{price:.{max(places, 0)}f}"


def _lacks(feed: Feed, held: datetime | None) -> str:
    """What is to be said of data that are not those of this moment; nothing of those that are."""
    if held is not None:
        return f"HELD since {held:%H:%M:%S} UTC" + ("" if feed.is_live else ", NOT LIVE")
    if feed.is_live:
        return ""
    return f"NOT LIVE: {'from before the connection was lost' if feed.word == 'awaited' else feed.word}"


def draw_book(market: Watched, width: int, height: int, *, no: bool, held: datetime | None = None) -> Text:
    """Asks above, bids below, best prices in the middle; a book that is not live is dim and says so."""
    if market.book is None:
        return Text("no book yet", style="dim")
    book = market.book.mirror() if no else market.book
    lacks = _lacks(market.of_book, held)
    wide = width >= _WIDE
    drawn = Text(f"{'':4}{'price':>8}{'size':>12}{'total' if wide else '':>{13 if wide else 0}}", style="dim")
    rows = max((height - 2) // 2, 1)
    asks, bids = _totals(book.asks[:rows]), _totals(book.bids[:rows])
    written = even([price for price, _, _ in (*asks, *bids)])
    for _ in range(rows - len(asks)):
        drawn.append("\n")
    for price, size, total in reversed(asks):
        _level(drawn, "ask", written(price), size, total if wide else None, "dim" if lacks else _NO)
    spread = "" if book.spread is None else f"spread {book.spread:f}  mid {book.mid:f}"
    if not book.asks and not book.bids:
        spread = "the book is empty"
    drawn.append("\n")
    drawn.append(cut(f"    {lacks or spread}", width), style="bold yellow reverse" if lacks else "dim")
    for price, size, total in bids:
        _level(drawn, "bid", written(price), size, total if wide else None, "dim" if lacks else _YES)
    return drawn


def _totals(levels: Sequence[Level]) -> list[tuple[Decimal, Decimal, Decimal]]:
    totals = accumulate(level.size for level in levels)
    return [(level.price, level.size, total) for level, total in zip(levels, totals, strict=True)]


def _level(drawn: Text, side: str, price: str, size: Decimal, total: Decimal | None, style: str) -> None:
    drawn.append(f"\n{side} ", style=style)
    drawn.append(price.rjust(8), style=style)
    drawn.append(f"{_short(size)}".rjust(12), style="default" if style != "dim" else "dim")
    if total is not None:
        drawn.append(f"{_short(total)}".rjust(13), style="dim")


def _short(number: Decimal | None) -> str:
    if number is None:
        return ""
    return f"{number:,.2f}".removesuffix(".00")


def _headed(name: str, feed: Feed, held: datetime | None, width: int) -> tuple[Text, bool]:
    """The name of a part with what is to be said of its data, and whether there is anything."""
    drawn = Text(name, style="dim")
    state = "not read yet" if feed.word == "awaited" else feed.word
    said = [] if held is None else ["HELD"]
    if not feed.is_live:
        room = width - len(name) - sum(len(word) + 2 for word in said)
        said.append(f"NOT LIVE: {state}" if room >= 12 + len(state) else "NOT LIVE")
    if said:
        drawn.append("  ")
        drawn.append(", ".join(said), style="bold yellow reverse")
    drawn.truncate(max(width, 1), overflow="ellipsis")
    return drawn, bool(said)


def draw_trades(
    market: Watched, width: int, height: int, today: date, *, no: bool, held: datetime | None = None
) -> Text:
    """The newest trades first, in the prices of the outcome that is shown; another day has its date above."""
    drawn, lacks = _headed("trades (UTC)", market.of_events, held, width)
    shown = list(market.trades)[: height - 1]
    written = even([trade.price for trade in shown])
    price_room, size_room = (9, 10) if width >= _TRADE_WIDE else (7, 6)
    left, day = height - 1, today
    for trade in shown:
        if trade.time.date() != day:
            day = trade.time.date()
            if left < 2:
                break
            drawn.append("\n" + cut(f"── {day:%Y-%m-%d} ──", width), style="dim")
            left -= 1
        if left < 1:
            break
        left -= 1
        price = written(1 - trade.price if no else trade.price)
        line = f"{trade.time:%H:%M:%S}{price:>{price_room}}{_short(trade.size):>{size_room}}  "
        drawn.append("\n" + cut(line, width), style="dim" if lacks else "default")
        taker = " ".join(word.value for word in (trade.taker_action, trade.taker_outcome) if word)
        style = {"yes": _YES, "no": _NO}.get(
            trade.taker_outcome.value if trade.taker_outcome else "", "default"
        )
        if len(line) < width:
            drawn.append(cut(taker, width - len(line)), style="dim" if lacks else style)
    if not market.trades:
        drawn.append("\nnone yet", style="dim")
    return drawn


def draw_own(market: Watched, width: int, height: int, today: date, *, held: datetime | None = None) -> Text:
    """Own orders that work, then own fills, newest first; those that may be over by now say so."""
    if not market.has_account:
        return Text("own orders and fills\nno account here", style="dim")
    drawn, lacks = _headed("own orders and fills", market.of_events, held, width)
    lines = [_order(order) for order in reversed(market.orders.values())]
    lines += [_fill(fill, today) for fill in market.fills]
    for line in lines[: height - 1]:
        drawn.append("\n" + cut(line, width), style="dim" if lacks else "default")
    if not lines:
        drawn.append("\nnone", style="dim")
    return drawn


def _order(order: Order) -> str:
    asked = f"{order.action.value} {_short(order.remaining)} {order.outcome.value.upper()}"
    return f"{order.status.value:<7} {asked} at {order.price:f}  {clean(str(order.ref or order.client_order_id), 60)}"


def _fill(fill: Fill, today: date) -> str:
    when = f"{fill.time:%H:%M:%S}" if fill.time.date() == today else f"{fill.time.day} {fill.time:%b}"
    asked = f"{fill.action.value} {_short(fill.size)} {fill.outcome.value.upper()} at {fill.price:f}"
    return f"filled  {asked}  {when}"
