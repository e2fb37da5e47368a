"""A healthy provider that speaks over the wire, and the faults that only a wire can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from pydantic import BaseModel, ConfigDict, SecretStr

from pmi_core import (
    Capability,
    Fill,
    FillQuery,
    Market,
    MarketQuery,
    MarketStatus,
    OpenContext,
    Order,
    OrderBook,
    OrderQuery,
    OrderRequest,
    OrderStatus,
    Outcome,
    OutcomeSide,
    Page,
    Provider,
    Trading,
    Venue,
    VenueInfo,
    WriteClass,
)
from pmi_core.errors import NotFound, PmiError, UncertainError, Unreachable
from pmi_core.identifiers import MarketRef, OrderRef
from pmi_core.models import Level
from pmi_core.numbers import ZERO
from pmi_core.testing.recordings import Recording, Recordings
from pmi_core.transport.codec import decode, encode
from pmi_core.transport.http import HttpClient
from pmi_core.transport.limits import Limit, Limits

SECRET = "hunter2-hunter2"
RECORDINGS = Recordings(
    exchanges=(
        Recording(
            path="/v1/markets",
            query={"limit": "*", "cursor": None},
            body=b'{"markets": [{"id": "FLIP", "title": "Heads", "bid": "0.48", "ask": "0.52"}], "cursor": ""}',
        ),
        Recording(
            path="/v1/markets/FLIP",
            body=b'{"market": {"id": "FLIP", "title": "Heads", "bid": "0.48", "ask": "0.52"}}',
        ),
        Recording(path="/v1/markets/PMI-NO-SUCH-THING", status=404, body=b'{"error": "not found"}'),
        Recording(path="/v1/books/PMI-NO-SUCH-THING", status=404, body=b'{"error": "not found"}'),
        Recording(path="/v1/orders", query={"limit": "*"}, body=b'{"rows": []}'),
        Recording(path="/v1/fills", query={"limit": "*"}, body=b'{"rows": []}'),
        Recording(path="/v1/books/FLIP", body=b'{"bids": [["0.48", "10"]], "asks": [["0.52", "10"]]}'),
    )
)


class _Market(msgspec.Struct):
    id: str
    title: str
    bid: str | None
    ask: str | None


class _Listing(msgspec.Struct):
    markets: list[_Market]


class _One(msgspec.Struct):
    market: _Market


class _Book(msgspec.Struct):
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class _Rows(msgspec.Struct):
    rows: list[str]


class _Placed(msgspec.Struct):
    order_id: str


@dataclass(frozen=True)
class WireFaults:
    """Which promises are broken."""

    failure_is_empty: bool = False
    secret_in_message: bool = False
    lost_is_certain: bool = False
    write_is_retried: bool = False
    rejection_is_pending: bool = False
    bare_exception: bool = False
    unplaced: bool = False


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    token: SecretStr = SecretStr(SECRET)


class Part:
    def __init__(self, client: HttpClient, context: OpenContext, faults: WireFaults) -> None:
        self.client, self.context, self.faults = client, context, faults

    async def read(self, path: str, kind, capability: str, **params: str):
        try:
            body = await self.client.get(path, params=params, capability=capability)
            return decode(kind, body, venue=self.context.name, capability=capability)
        except NotFound:
            raise
        except PmiError as error:
            if self.faults.failure_is_empty and not isinstance(error, Unreachable) and kind is _Listing:
                return _Listing(markets=[])
            if self.faults.secret_in_message:
                raise type(error)(f"with {SECRET}: {error.message}", venue=error.venue) from None
            if self.faults.bare_exception:
                raise KeyError(path) from error
            if self.faults.unplaced:
                raise type(error)(error.message) from None
            raise


class Markets(Part):
    def _market(self, wire: _Market) -> Market:
        bid, ask = (None if text is None else Decimal(text) for text in (wire.bid, wire.ask))
        return Market(
            ref=MarketRef.make(self.context.name, wire.id),
            title=wire.title,
            outcomes=(
                Outcome(label="Yes", polarity=OutcomeSide.YES, bid=bid, ask=ask),
                Outcome(label="No", polarity=OutcomeSide.NO),
            ),
            status=MarketStatus.OPEN,
            trading=Trading.OPEN,
            as_of=self.context.clock.now(),
        )

    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        found = await self.read("/markets", _Listing, "markets", limit=str(query.limit))
        return Page(items=tuple(self._market(one) for one in found.markets))

    async def get_market(self, market: MarketRef | str) -> Market:
        native = MarketRef(market).at(self.context.name)
        return self._market((await self.read(f"/markets/{native}", _One, "markets")).market)


class Books(Part):
    async def get_book(self, market: MarketRef | str, depth: int | None = None) -> OrderBook:
        native = MarketRef(market).at(self.context.name)
        found = await self.read(f"/books/{native}", _Book, "books")
        bids, asks = (
            tuple(Level(price=Decimal(price), size=Decimal(size)) for price, size in side[:depth])
            for side in (found.bids, found.asks)
        )
        return OrderBook(
            market_ref=MarketRef.make(self.context.name, native),
            bids=bids,
            asks=asks,
            received_time=self.context.clock.now(),
        )

    async def get_books(self, markets: Sequence[MarketRef | str]) -> tuple[OrderBook, ...]:
        return tuple([await self.get_book(market) for market in markets])


class Orders(Part):
    async def place_order(self, request: OrderRequest) -> Order:
        body = encode({"id": request.client_order_id, "price": str(request.price)})
        for attempt in range(2):
            try:
                answer = await self.client.send(
                    "POST",
                    "/orders",
                    body=body,
                    capability="orders",
                    uncertain=request.client_order_id,
                    signed=False,
                )
                return self._order(request, answer.decode(_Placed).order_id, OrderStatus.OPEN)
            except UncertainError as lost:
                if self.faults.rejection_is_pending:
                    return self._order(request, None, OrderStatus.PENDING)
                if self.faults.lost_is_certain:
                    raise Unreachable(lost.message) from None
                if not self.faults.write_is_retried or attempt:
                    raise
        raise AssertionError("the loop returns or raises")

    async def list_orders(self, query: OrderQuery) -> Page[Order]:
        await self.read("/orders", _Rows, "orders", limit=str(query.limit))
        return Page(items=())

    async def list_fills(self, query: FillQuery) -> Page[Fill]:
        await self.read("/fills", _Rows, "orders", limit=str(query.limit))
        return Page(items=())

    def _order(self, request: OrderRequest, native: str | None, status: OrderStatus) -> Order:
        return Order(
            ref=OrderRef.make(self.context.name, native) if native else None,
            **{name: getattr(request, name) for name in OrderRequest.model_fields},
            status=status,
            filled=ZERO,
            remaining=request.size,
            fees=ZERO,
        )


def wired_provider(faults: WireFaults | None = None) -> Provider:
    async def open_venue(context: OpenContext) -> Venue:
        client = HttpClient(
            "https://venue.test/v1",
            venue=context.name,
            limits=Limits(Limit("read", 100, 100), Limit("write", 100, 100), clock=context.clock),
            clock=context.clock,
            transport=context.transport,
        )
        shared = (client, context, faults or WireFaults())

        async def resolve(text: str) -> MarketRef | None:
            try:
                return (await Markets(*shared).get_market(text)).ref
            except PmiError:
                return None

        return Venue(
            info=VenueInfo(
                name=context.name,
                provider="wired",
                title="Wired",
                environment="test",
                write_class=WriteClass.DEMO,
            ),
            resolver=resolve,
            closer=client.aclose,
            markets=Markets(*shared),
            books=Books(*shared),
            orders=Orders(*shared),
        )

    return Provider(
        name="wired",
        title="Wired",
        settings=Settings,
        capabilities=frozenset({Capability.MARKETS, Capability.BOOKS, Capability.ORDERS}),
        open=open_venue,
    )
