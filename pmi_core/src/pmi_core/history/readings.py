"""Questions that a recording can answer, at the moment at which it is played."""

from __future__ import annotations

from collections.abc import Sequence

from pmi_core.errors import NotFound, RequestError
from pmi_core.history.standing import Standing
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookState,
    Market,
    MarketQuery,
    OrderBook,
    OutcomeSide,
    Page,
    Trade,
    TradeQuery,
)

__all__ = ["RecordedBooks", "RecordedMarkets", "RecordedTrades"]


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal():
        raise RequestError("this cursor did not come from here", hint="begin without one")
    return int(cursor)


class RecordedMarkets:
    """Keeps :class:`pmi_core.capabilities.MarketReader`."""

    def __init__(self, standing: Standing, venue: str) -> None:
        self._standing = standing
        self._venue = venue

    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        if query.series_ref is not None:
            raise RequestError(
                "a recording does not know which series a market belongs to",
                hint="ask by event_ref or market_refs",
                venue=self._venue,
                capability="markets",
            )
        await self._standing.catch_up()
        refs = {ref.market for ref in query.market_refs}
        rows = [
            market
            for ref, market in sorted(self._standing.markets.items())
            if (not refs or ref in refs) and _matches(market, query)
        ]
        begin = _offset(query.cursor)
        end = begin + query.limit
        return Page(items=tuple(rows[begin:end]), cursor=str(end) if end < len(rows) else None)

    async def get_market(self, market: MarketRef | str) -> Market:
        await self._standing.catch_up()
        ref = MarketRef(market).market
        found = self._standing.markets.get(ref)
        if found is None:
            raise NotFound(
                f"{ref} is not described in this recording",
                hint="list the markets to see which are",
                venue=self._venue,
                capability="markets",
            )
        return found

    async def resolve(self, text: str) -> MarketRef | None:
        """The recorded market that a ref or a native id names."""
        await self._standing.catch_up()
        for ref in self._standing.markets:
            if text in (ref, ref.native):
                return ref
        return None


def _matches(market: Market, query: MarketQuery) -> bool:
    close = market.close_time
    return (
        (query.status is None or market.status is query.status)
        and (query.event_ref is None or market.event_ref == query.event_ref)
        and (query.closes_after is None or (close is not None and close >= query.closes_after))
        and (query.closes_before is None or (close is not None and close <= query.closes_before))
    )


class RecordedBooks:
    """Keeps :class:`pmi_core.capabilities.BookReader`."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        if depth is not None and depth < 1:
            raise RequestError(f"a depth of {depth} levels shows nothing", hint="give 1 or more, or None")
        await self._standing.catch_up()
        ref = MarketRef(market)
        book = self._standing.book(ref)
        if ref.outcome == OutcomeSide.NO:
            book = book.mirror()
        return book.model_copy(
            update={"bids": book.bids[:depth], "asks": book.asks[:depth], "state": BookState.SNAPSHOT}
        )

    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        return tuple([await self.get_book(market) for market in markets])


class RecordedTrades:
    """Keeps :class:`pmi_core.capabilities.TradeReader`, for the newest ten thousand trades."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    async def list_trades(self, query: TradeQuery) -> Page[Trade]:
        await self._standing.catch_up()
        ref = None if query.market_ref is None else query.market_ref.market
        rows = [
            trade
            for trade in reversed(self._standing.trades)
            if (ref is None or trade.market_ref.market == ref)
            and (query.start is None or trade.time >= query.start)
            and (query.end is None or trade.time <= query.end)
        ]
        if query.cursor is not None:
            ids = [trade.trade_id for trade in rows]
            if query.cursor not in ids:
                raise RequestError("this cursor did not come from here", hint="begin without one")
            rows = rows[ids.index(query.cursor) + 1 :]
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        return Page(items=tuple(rows), cursor=rows[-1].trade_id if more else None)
