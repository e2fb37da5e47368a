"""The healthy venue's reading parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from pmi_core.errors import NotFound, RequestError
from pmi_core.identifiers import CollectionRef, EventRef, MarketRef, MilestoneRef, Ref, SeriesRef
from pmi_core.models import (
    Candle,
    CandleQuery,
    Collection,
    CollectionQuery,
    ComboRequest,
    Event,
    EventQuery,
    ExchangeStatus,
    Market,
    MarketQuery,
    Milestone,
    MilestoneQuery,
    OrderBook,
    Page,
    PriceQuote,
    QuoteQuery,
    SearchQuery,
    Series,
    SeriesQuery,
    Trade,
    TradeQuery,
)
from pmi_core.numbers import ZERO

from .world import BUY, EVENTS, FEES, NO, YES, World

Row = TypeVar("Row")


def page_of(rows: Sequence[Row], limit: int, cursor: str | None) -> Page[Row]:
    try:
        start = int(cursor or 0)
    except ValueError:
        raise RequestError("the cursor is not one of ours", hint="begin again without a cursor") from None
    end = start + limit
    return Page(items=tuple(rows[start:end]), cursor=str(end) if end < len(rows) else None)


def known(world: World, ref: str, kind: type[Ref] = MarketRef) -> str:
    native = kind(ref).at(world.name)
    if kind is MarketRef and world.market(native) is None:
        raise NotFound(f"no market {native} here", venue=world.name)
    return native


class Reading:
    def __init__(self, world: World) -> None:
        self.world = world


class Status(Reading):
    async def get_status(self) -> ExchangeStatus:
        return ExchangeStatus(exchange_active=True, trading_active=True, as_of=self.world.clock.now())


class Markets(Reading):
    def every(self) -> list[Market]:
        natives = [*self.world.books, "RAIN-0"]
        return [market for native in natives if (market := self.world.market(native)) is not None]

    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        rows = [
            market
            for market in self.every()
            if (query.status is None or market.status is query.status)
            and (query.event_ref is None or market.event_ref == query.event_ref)
            and (not query.market_refs or market.ref in query.market_refs)
            and (query.closes_after is None or market.close_time >= query.closes_after)
            and (query.closes_before is None or market.close_time <= query.closes_before)
        ]
        return page_of(rows, query.limit, query.cursor)

    async def get_market(self, market: MarketRef | str) -> Market:
        return self.world.market(known(self.world, market))


class Events(Reading):
    def _event(self, native: str, with_markets: bool) -> Event:
        markets = [self.world.market(market) for market in EVENTS[native]]
        return Event(
            ref=EventRef.make(self.world.name, native),
            series_ref=SeriesRef.make(self.world.name, "WEATHER"),
            title=native.title(),
            category="Weather",
            mutually_exclusive=native == "RAIN",
            exhaustive=False,
            open_set=True,
            markets=tuple(markets) if with_markets else (),
            close_time=max(market.close_time for market in markets),
        )

    async def list_events(self, query: EventQuery) -> Page[Event]:
        rows = [
            self._event(native, query.with_markets)
            for native in EVENTS
            if query.series_ref is None or query.series_ref.native == "WEATHER"
        ]
        return page_of(rows, query.limit, query.cursor)

    async def get_event(self, event: EventRef | str) -> Event:
        native = EventRef(event).at(self.world.name)
        if native not in EVENTS:
            raise NotFound(f"no event {native} here", venue=self.world.name)
        return self._event(native, with_markets=True)

    async def list_series(self, query: SeriesQuery) -> Page[Series]:
        return page_of([await self.get_series(f"{self.world.name}:WEATHER")], query.limit, query.cursor)

    async def get_series(self, series: SeriesRef | str) -> Series:
        if SeriesRef(series).at(self.world.name) != "WEATHER":
            raise NotFound(f"no series {series} here", venue=self.world.name)
        return Series(ref=SeriesRef(series), title="Weather", category="Weather")


class Search(Reading):
    async def search(self, query: SearchQuery) -> Page[Market]:
        words = set(query.text.lower().split())
        rows = [
            market
            for market in Markets(self.world).every()
            if words & set(market.title.lower().split()) and query.status in (None, market.status)
        ]
        return page_of(rows, query.limit, query.cursor)


class Books(Reading):
    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        native = known(self.world, market)
        if depth is not None and depth < 1:
            raise RequestError("a book has at least one level", venue=self.world.name)
        if native not in self.world.books:
            raise NotFound(f"no book of {native} any more", venue=self.world.name)
        book = self.world.book(native)
        if depth is not None:
            book = book.model_copy(update={"bids": book.bids[:depth], "asks": book.asks[:depth]})
        return book.mirror() if MarketRef(market).outcome == "no" else book

    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        return tuple([await self.get_book(market) for market in markets])


class Pricing(Reading):
    async def get_quote(self, query: QuoteQuery) -> PriceQuote:
        book = self.world.book(known(self.world, query.market_ref))
        book = book.mirror() if query.outcome is NO else book
        levels = book.asks if query.action is BUY else book.bids
        size = cost = fees = ZERO
        worst = after = None
        left, money = query.size, query.notional
        for level in levels:
            can = level.size if left is None else min(level.size, left - size)
            if money is not None:
                can = min(
                    can, ((money - cost) / level.price).quantize(Decimal("0.5"), rounding="ROUND_FLOOR")
                )
            if can <= 0:
                after = level.price
                break
            size, cost, worst = size + can, cost + can * level.price, level.price
            fees += FEES.estimate(level.price, can, "taker").amount
            if can < level.size:
                after = level.price
                break
        return PriceQuote(
            market_ref=query.market_ref,
            outcome=query.outcome,
            action=query.action,
            size=size,
            average_price=cost / size if size else None,
            worst_price=worst,
            cost=cost,
            fees=fees,
            price_after=after,
            complete=size == left if left is not None else after is not None,
            firm=True,
            as_of=self.world.clock.now(),
        )


class Trades(Reading):
    async def list_trades(self, query: TradeQuery) -> Page[Trade]:
        rows = [
            trade
            for trade in reversed(self.world.trades)
            if query.market_ref in (None, trade.market_ref)
            and (query.start is None or trade.time >= query.start)
            and (query.end is None or trade.time <= query.end)
        ]
        return page_of(rows, query.limit, query.cursor)


class Candles(Reading):
    async def list_candles(self, query: CandleQuery) -> tuple[Candle, ...]:
        known(self.world, query.market_ref)
        step = timedelta(seconds=query.interval.seconds)
        made, start = [], query.start
        while start + step <= query.end:
            inside = [
                trade
                for trade in self.world.trades
                if trade.market_ref == query.market_ref and start <= trade.time < start + step
            ]
            prices = [trade.price for trade in inside]
            if prices:
                made.append(
                    Candle(
                        start=start,
                        end=start + step,
                        open=prices[0],
                        high=max(prices),
                        low=min(prices),
                        close=prices[-1],
                        volume=sum((trade.size for trade in inside), ZERO),
                    )
                )
            start += step
        return tuple(made)


class Milestones(Reading):
    async def list_milestones(self, query: MilestoneQuery) -> Page[Milestone]:
        rain = EventRef.make(self.world.name, "RAIN")
        rows = [
            Milestone(
                ref=MilestoneRef.make(self.world.name, f"FORECAST-{number}"),
                title=f"Forecast {number}",
                start_time=self.world.start + timedelta(hours=number),
                event_refs=(rain,) if number else (),
            )
            for number in range(3)
        ]
        rows = [
            row
            for row in rows
            if (query.event_ref is None or query.event_ref in row.event_refs)
            and (query.starts_after is None or row.start_time >= query.starts_after)
        ]
        return page_of(rows, query.limit, query.cursor)


class Combos(Reading):
    async def list_collections(self, query: CollectionQuery) -> Page[Collection]:
        return page_of([await self.get_collection(f"{self.world.name}:BOTH")], query.limit, query.cursor)

    async def get_collection(self, collection: CollectionRef | str) -> Collection:
        if CollectionRef(collection).at(self.world.name) != "BOTH":
            raise NotFound(f"no collection {collection} here", venue=self.world.name)
        return Collection(
            ref=CollectionRef(collection),
            title="Both",
            event_refs=tuple(EventRef.make(self.world.name, native) for native in EVENTS),
            min_legs=2,
            max_legs=2,
            yes_only=True,
        )

    async def open_combo(self, request: ComboRequest) -> Market:
        if len(request.legs) != 2 or any(leg.outcome is not YES for leg in request.legs):
            raise RequestError("two legs, both yes", venue=self.world.name)
        native = "+".join(sorted(leg.market_ref.native for leg in request.legs))
        self.world.books.setdefault(native, [])
        found = self.world.market(native)
        assert found is not None
        return found
