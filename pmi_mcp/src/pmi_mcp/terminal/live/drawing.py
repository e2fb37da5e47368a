"""Pictures of the board: text in the colours of the terminal, never by colour alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pmi_core.models import Level, Order
    from pmi_mcp.terminal.live.board import Watched

__all__ = ["draw_book", "draw_list", "draw_own", "draw_state", "draw_trades"]

_STATES = {
    "live": ("●", "bold cyan"),
    "connecting": ("○", "bold yellow"),
    "stale": ("◌", "bold yellow"),
    "resyncing": ("◌", "bold yellow"),
    "gap": ("✗", "bold red"),
    "closed": ("✗", "bold red"),
}
_YES, _NO = "blue", "yellow"


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def _mark(state: str) -> tuple[str, str]:
    return _STATES.get(state, ("?", "bold red"))


def draw_state(market: Watched, width: int, now: datetime, *, held: bool, no: bool) -> Text:
    """Two lines: how the data stand, and which market this is."""
    dot, style = _mark(market.state)
    word = market.state.upper()
    if market.state == "live" and not market.is_live:
        dot, style, word = "○", "bold yellow", "LIVE, no book yet"
    drawn = Text(f"{dot} {word}", style=style)
    if market.reason:
        drawn.append(f"  {clean(market.reason, 200)}", style="default")
    if market.book is not None:
        age = max((now - market.book.received_time).total_seconds(), 0)
        drawn.append(f"  changed {_ago(age)} ago", style="dim")
    if held:
        drawn.append("  HELD: space goes on", style="bold yellow")
    drawn.truncate(width, overflow="ellipsis")
    side = " NO" if no else " YES"
    name = _cut(f"{market.ref}{side}", width)
    drawn.append(f"\n{name}", style="bold")
    drawn.append(f"  {_cut(clean(market.title, 200), width - cell_len(name) - 2)}" if market.title else "")
    return drawn


def _ago(seconds: float) -> str:
    for length, letter in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{int(seconds // length)} {letter}"
    return f"{int(seconds)} s"


def draw_list(markets: Sequence[Watched], chosen: int, width: int, height: int) -> Text:
    """A line for each market, the chosen one marked; those around it where not all fit."""
    first = min(max(chosen - height // 2, 0), max(len(markets) - height, 0))
    drawn = Text()
    for at, market in list(enumerate(markets))[first : first + height]:
        dot, style = _mark(market.state)
        book = market.book
        bid = book.best_bid if book else None
        ask = book.best_ask if book else None
        prices = f"{_price(bid):>7} {_price(ask):>7}"
        drawn.append("\n" if at > first else "")
        drawn.append(">" if at == chosen else " ", style="bold")
        drawn.append(f"{at + 1:>2} ")
        drawn.append(f"{dot} {market.state:<10}", style=style)
        name = set_cell_size(_cut(str(market.ref), max(width - 34, 8)), max(width - 34, 8))
        drawn.append(f" {name} ", style="bold" if at == chosen else "default")
        drawn.append(prices, style="default" if market.is_live else "dim")
    return drawn


def _price(level: Level | None) -> str:
    return "-" if level is None else f"{level.price:f}"


def draw_book(market: Watched, width: int, height: int, *, no: bool) -> Text:
    """Asks above, bids below, best prices in the middle; a book that is not live is dim and says so."""
    if market.book is None:
        return Text("no book yet", style="dim")
    book = market.book.mirror() if no else market.book
    live = market.is_live
    lacks = "from before the connection was lost" if market.state == "live" else market.state
    heading = "" if live else f"NOT LIVE: {lacks}"
    drawn = Text(f"{'':4}{'price':>8}{'size':>12}{'total':>13}", style="dim")
    rows = max((height - 2) // 2, 1)
    asks, bids = _totals(book.asks[:rows]), _totals(book.bids[:rows])
    even = _even([price for price, _, _ in (*asks, *bids)])
    for _ in range(rows - len(asks)):
        drawn.append("\n")
    for price, size, total in reversed(asks):
        _level(drawn, "ask", even(price), size, total, _NO if live else "dim")
    spread = "" if book.spread is None else f"spread {book.spread:f}  mid {book.mid:f}"
    if not book.asks and not book.bids:
        spread = "the book is empty"
    drawn.append("\n")
    drawn.append(_cut(f"    {heading or spread}", width), style="dim" if live else "bold yellow reverse")
    for price, size, total in bids:
        _level(drawn, "bid", even(price), size, total, _YES if live else "dim")
    return drawn


def _even(prices: Sequence[Decimal]) -> Callable[[Decimal], str]:
    """Print prices with as many decimals as the finest of them."""
    places = max((-int(price.as_tuple().exponent) for price in prices), default=0)
    return lambda price: f"{price:.{max(places, 0)}f}"


def _totals(levels: Sequence[Level]) -> list[tuple[Decimal, Decimal, Decimal]]:
    totals = accumulate(level.size for level in levels)
    return [(level.price, level.size, total) for level, total in zip(levels, totals, strict=True)]


def _level(drawn: Text, side: str, price: str, size: Decimal, total: Decimal, style: str) -> None:
    drawn.append(f"\n{side} ", style=style)
    drawn.append(price.rjust(8), style=style)
    drawn.append(f"{_short(size)}".rjust(12), style="default" if style != "dim" else "dim")
    drawn.append(f"{_short(total)}".rjust(13), style="dim")


def _short(number: Decimal | None) -> str:
    if number is None:
        return ""
    return f"{number:,.2f}".removesuffix(".00")


def draw_trades(market: Watched, width: int, height: int, *, no: bool) -> Text:
    """The newest trades first, in the prices of the outcome that is shown."""
    drawn = Text("trades", style="dim")
    shown = list(market.trades)[: height - 1]
    even = _even([trade.price for trade in shown])
    for trade in shown:
        price = even(1 - trade.price if no else trade.price)
        taker = " ".join(word.value for word in (trade.taker_action, trade.taker_outcome) if word)
        line = f"\n{trade.time:%H:%M:%S} {price:>8} {_short(trade.size):>9}  "
        drawn.append(line)
        style = {"yes": _YES, "no": _NO}.get(
            trade.taker_outcome.value if trade.taker_outcome else "", "default"
        )
        drawn.append(_cut(taker, max(width - len(line) + 1, 0)), style=style)
    if not market.trades:
        drawn.append("\nnone yet", style="dim")
    return drawn


def draw_own(market: Watched, width: int, height: int) -> Text:
    """Own orders that work, then own fills, newest first."""
    drawn = Text("own orders and fills", style="dim")
    lines = [_order(order) for order in reversed(market.orders.values())]
    lines += [
        f"filled  {fill.action.value} {_short(fill.size)} {fill.outcome.value.upper()} at {fill.price:f}"
        f"  {fill.time:%H:%M:%S}"
        for fill in market.fills
    ]
    for line in lines[: height - 1]:
        drawn.append("\n" + _cut(line, width))
    if not lines:
        drawn.append("\nnone", style="dim")
    return drawn


def _order(order: Order) -> str:
    asked = f"{order.action.value} {_short(order.remaining)} {order.outcome.value.upper()}"
    return f"{order.status.value:<7} {asked} at {order.price:f}  {clean(str(order.ref or order.client_order_id), 60)}"
