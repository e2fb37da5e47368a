"""``pmi book``, ``pmi trades``, ``pmi candles``: what things cost and have cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.options import Cursor, Json, Limit, Reference, VenueName
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.models import OrderBook
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["book", "candles", "trades"]


def book(
    context: typer.Context,
    reference: Reference,
    *,
    depth: Annotated[int, typer.Option("--depth", "-d", min=1, max=100, help="Levels a side.")] = 10,
    venue: VenueName = None,
    as_json: Json = False,
) -> None:
    """Show the order book of a market or of one outcome, best prices in the middle."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.provider import require
        from pmi_mcp.addressing import find_market

        opened, ref = await find_market(registry, reference, venue)
        reader = require(opened.books, Capability.BOOKS, opened)
        with screen.working("reading the book"):
            found = await reader.get_book(ref, depth)
        if screen.as_json:
            screen.document("book", item=found.model_dump(mode="json"))
            return
        _show_book(screen, found)

    run(context, work, as_json=as_json)


def _show_book(screen: Screen, found: OrderBook) -> None:
    price_of = _aligned([level.price for level in (*found.bids, *found.asks)])
    size_of = _aligned([level.size for level in (*found.bids, *found.asks)])
    asks, bids = (
        [
            [side, price_of(level.price), size_of(level.size), size_of(total)]
            for level, total in zip(levels, accumulate(level.size for level in levels), strict=True)
        ]
        for side, levels in (("ask", found.asks), ("bid", found.bids))
    )
    rows = [*reversed(asks), *bids]
    screen.table(
        ["side", "price", "size", "total"],
        rows,
        title=f"{found.market_ref}  {found.outcome.upper()}",
        numeric=frozenset({"price", "size", "total"}),
    )
    if not rows:
        screen.note("the book is empty")
    spread = "" if found.spread is None else f", spread {found.spread}, mid {found.mid}"
    firm = "" if found.firm else ", not firm: computed from a formula"
    screen.note(f"{found.state} at {found.received_time:%Y-%m-%d %H:%M:%S} UTC{spread}{firm}")


def _aligned(numbers: list[Decimal]) -> Callable[[Decimal], str]:
    """Print numbers of one column with as many decimals as the finest of them."""
    places = max((-int(number.as_tuple().exponent) for number in numbers), default=0)
    return lambda number: f"{number:.{max(places, 0)}f}"


def trades(
    context: typer.Context,
    reference: Reference,
    *,
    limit: Limit = 20,
    cursor: Cursor = None,
    venue: VenueName = None,
    as_json: Json = False,
) -> None:
    """List the latest trades of a market, newest first; prices are those of YES."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.models import TradeQuery
        from pmi_core.provider import require
        from pmi_mcp.addressing import find_market

        opened, ref = await find_market(registry, reference, venue)
        reader = require(opened.trades, Capability.TRADES, opened)
        with screen.working("reading trades"):
            page = await reader.list_trades(TradeQuery(market_ref=ref.market, limit=limit, cursor=cursor))
        if screen.as_json:
            screen.document("trades", **page.model_dump(mode="json"))
            return
        screen.table(
            ["time (UTC)", "yes price", "size", "taker"],
            [
                [
                    f"{trade.time:%Y-%m-%d %H:%M:%S}",
                    trade.price,
                    trade.size,
                    " ".join(str(word) for word in (trade.taker_action, trade.taker_outcome) if word),
                ]
                for trade in page.items
            ],
            title=str(ref.market),
            numeric=frozenset({"yes price", "size"}),
        )
        if page.cursor:
            screen.note(f"more with --cursor {page.cursor}")

    run(context, work, as_json=as_json)


def candles(
    context: typer.Context,
    reference: Reference,
    *,
    interval: Annotated[str, typer.Option("--interval", "-i", help="1m, 1h or 1d.")] = "1h",
    start: Annotated[str, typer.Option("--start", help="A time, or back from now: 36h, 7d.")] = "3d",
    end: Annotated[str, typer.Option("--end", help="A time, or back from now.")] = "now",
    table: Annotated[bool, typer.Option("--table", help="Rows instead of a chart.")] = False,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Draw without braille.")] = False,
    venue: VenueName = None,
    as_json: Json = False,
) -> None:
    """Draw the price history of a market as a chart."""

    async def work(registry: Registry, screen: Screen) -> None:
        from pmi_core.capabilities import Capability
        from pmi_core.clock import SystemClock
        from pmi_core.models import CandleInterval, CandleQuery
        from pmi_core.provider import require
        from pmi_mcp.addressing import find_market
        from pmi_mcp.terminal.chart import draw_chart
        from pmi_mcp.times import moment
        from pmi_mcp.wording import checked

        now = SystemClock().now()
        opened, ref = await find_market(registry, reference, venue)
        reader = require(opened.candles, Capability.CANDLES, opened)
        query = checked(
            CandleQuery,
            market_ref=ref.market,
            interval=interval,
            start=moment(start, now, "start"),
            end=moment(end, now, "end"),
        )
        with screen.working("reading candles"):
            found = await reader.list_candles(query)
        if screen.as_json:
            rows = [candle.model_dump(mode="json") for candle in found]
            screen.document("candles", market_ref=ref.market, interval=interval, items=rows)
            return
        if table or not screen.is_terminal:
            screen.table(
                ["start (UTC)", "open", "high", "low", "close", "bid", "ask", "volume"],
                [
                    [
                        f"{candle.start:%Y-%m-%d %H:%M}",
                        candle.open,
                        candle.high,
                        candle.low,
                        candle.close,
                        candle.bid_close,
                        candle.ask_close,
                        candle.volume,
                    ]
                    for candle in found
                ],
                title=str(ref.market),
            )
            return
        chart = draw_chart(found, width=min(screen.width, 100), ascii_only=ascii_only or screen.ascii_only)
        last = "" if chart.last is None else f"  last {chart.last}"
        length = CandleInterval(interval).value
        screen.say(f"{ref.market}  YES  {length}{last}")
        screen.say(str(chart))

    run(context, work, as_json=as_json)
