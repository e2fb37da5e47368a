"""Tools for what contracts cost and have cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound
from pmi_core.models import Candle, CandleInterval, CandleQuery, OrderBook, Page, Trade, TradeQuery
from pmi_mcp.gathering import gather, pages
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.times import moment, window
from pmi_mcp.tools.arguments import (
    CursorText,
    DetailWord,
    EndText,
    LongLimit,
    MarketText,
    OneVenue,
    StartText,
)
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import CANDLE_COLUMNS, TRADE_COLUMNS, book_view, candle_row, trade_row
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "get_candlesticks", "get_orderbook", "get_trades"]

_USUAL_CANDLES = 100


async def get_orderbook(
    venues: Venues,
    *,
    market: Annotated[str, Field(description="Market ref, with #no for the NO book; or URL, or own id")],
    depth: Annotated[int, Field(ge=1, le=200, description="Levels a side")] = 10,
    venue: OneVenue = None,
) -> Answer:
    """Read a book."""
    reader, ref = await venues.find(market, venue, Capability.BOOKS)
    try:
        book: OrderBook = await venues.wait(ref.venue, reader.get_book(ref, depth))
    except NotFound as error:
        raise venues.with_nearest(error, ref) from None
    return Answer(facts=book_view(book, depth))


async def get_trades(
    venues: Venues,
    *,
    market: MarketText,
    start: StartText = None,
    end: EndText = None,
    limit: LongLimit = 50,
    cursor: CursorText = None,
    venue: OneVenue = None,
    detail: DetailWord = "brief",
) -> Answer:
    """List public trades of a market."""
    _, ref = await venues.find(market, venue, Capability.TRADES)
    since, until = window(start, end, venues.clock.now())

    async def ask(part: Any, query: TradeQuery) -> Page[Trade]:
        try:
            found: Page[Trade] = await part.list_trades(query)
        except NotFound as error:
            raise venues.with_nearest(error, ref) from None
        return found

    read = pages(
        venues, Capability.TRADES, limit, TradeQuery, ask, market_ref=ref.market, start=since, end=until
    )
    found = await gather([ref.venue], cursor, read, limit=limit)
    full = detail == "full"
    return Answer(
        facts={"market": str(ref.market)},
        name="trades",
        rows=[trade_row(trade, with_market=False, with_id=full) for _, trade in found.rows],
        columns=TRADE_COLUMNS,
        cursor=found.cursor,
    )


async def get_candlesticks(
    venues: Venues,
    *,
    market: MarketText,
    interval: Annotated[Literal["1m", "1h", "1d"], Field(description="Length of a candle")] = "1h",
    start: StartText = None,
    end: EndText = None,
    venue: OneVenue = None,
) -> Answer:
    """Read the price history of a market."""
    reader, ref = await venues.find(market, venue, Capability.CANDLES)
    now = venues.clock.now()
    length = CandleInterval(interval)
    until = now if end is None else moment(end, now, "end")
    since = (
        until - timedelta(seconds=length.seconds * _USUAL_CANDLES)
        if start is None
        else moment(start, now, "start")
    )
    query = checked(CandleQuery, market_ref=ref.market, interval=length, start=since, end=until)
    try:
        candles: tuple[Candle, ...] = await venues.wait(ref.venue, reader.list_candles(query))
    except NotFound as error:
        raise venues.with_nearest(error, ref) from None
    return Answer(
        facts={"market": str(ref.market), "interval": interval},
        name="candles",
        rows=[candle_row(candle) for candle in candles],
        columns=CANDLE_COLUMNS,
        keep_last=True,
        advice="ask for a longer interval, or with an earlier end",
    )


TOOLS = (
    ToolSpec(
        function=get_orderbook,
        title="Order book",
        description="Resting orders of a market as columns, best first. YES terms, or NO's for a ref with #no.",
        toolset=Toolset.CORE,
        needs=(Capability.BOOKS,),
    ),
    ToolSpec(
        function=get_trades,
        title="Trades",
        description="Public trades of a market as columns, newest first, at YES prices.",
        toolset=Toolset.CORE,
        needs=(Capability.TRADES,),
    ),
    ToolSpec(
        function=get_candlesticks,
        title="Candlesticks",
        description="YES price history of a market as columns, oldest first; the last 100 candles by default.",
        toolset=Toolset.CORE,
        needs=(Capability.CANDLES,),
    ),
)
