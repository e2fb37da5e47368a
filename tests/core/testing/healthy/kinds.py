"""The healthy venue as other kinds of venue: each keeps the contract in its own way."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from pmi_core import Idempotency, IdempotencyKind
from pmi_core.errors import Duplicate, RequestError
from pmi_core.identifiers import OrderRef
from pmi_core.models import Order, OrderRequest, OrderStatus, Trade
from pmi_core.numbers import ZERO

from .provider import Parts
from .world import BUY, YES

DELAY = timedelta(seconds=3)


def without_client_ids(bench: Parts) -> None:
    """The venue never hears of a client order id; only the answer to placing repeats it."""
    orders = bench.parts["orders"]
    place = orders.place_order

    async def place_order(request: OrderRequest) -> Order:
        order = await place(request.model_copy(update={"client_order_id": None}))
        return order.model_copy(update={"client_order_id": request.client_order_id})

    orders.place_order = place_order
    bench.idempotency = Idempotency(IdempotencyKind.NONE)


def with_computed_refs(bench: Parts) -> None:
    """The venue's own id follows from what is ordered; the provider knows it before sending."""
    orders, world = bench.parts["orders"], bench.world
    place, count = orders.place_order, world.new_id

    def name_of(request: OrderRequest) -> str:
        return "0x" + sha256(request.model_dump_json().encode()).hexdigest()[:16]

    known: dict[str, str] = {}

    async def place_order(request: OrderRequest) -> Order:
        name = name_of(request)
        if OrderRef.make(world.name, name) in world.orders:
            raise Duplicate("that order exists", venue=world.name)
        known[request.client_order_id] = OrderRef.make(world.name, name)
        world.new_id = lambda kind: name if kind == "order" else count(kind)
        return await place(request.model_copy(update={"client_order_id": None}))

    async def find_by_client_id(client_order_id: str) -> Order | None:
        return world.orders.get(known.get(client_order_id, ""))

    orders.place_order, orders.find_by_client_id = place_order, find_by_client_id
    bench.idempotency = Idempotency(IdempotencyKind.PRECOMPUTED)


class Later:
    """Everything but a used client order id is found out after the order was accepted."""

    def __init__(self, bench: Parts) -> None:
        self.world, self.orders = bench.world, bench.parts["orders"]
        self.take, self.expire, self.count = self.orders.take, self.orders.expire, self.world.new_id
        self.waiting: dict[str, tuple[datetime, OrderRequest]] = {}
        self.orders.take, self.orders.expire = self.accept, self.decide

    def accept(self, request: OrderRequest) -> Order:
        request.market_ref.at(self.world.name)
        used = {one.client_order_id for one in self.world.orders.values()} - {None}
        if request.client_order_id in used:
            raise Duplicate("that client order id was used", venue=self.world.name)
        order = Order(
            ref=OrderRef.make(self.world.name, self.count("order")),
            **{name: getattr(request, name) for name in OrderRequest.model_fields},
            status=OrderStatus.PENDING,
            filled=ZERO,
            remaining=request.size,
            fees=ZERO,
            created_time=self.world.clock.now(),
        )
        self.waiting[order.ref] = (self.world.clock.now() + DELAY, request)
        return self.orders.keep(order)

    def decide(self) -> None:
        self.expire()
        now = self.world.clock.now()
        for ref in [ref for ref, (due, _) in self.waiting.items() if due <= now]:
            _, request = self.waiting.pop(ref)
            pending = self.world.orders[ref]
            if pending.status is not OrderStatus.PENDING:
                continue
            del self.world.orders[ref]  # or it would stand in its own way
            name = OrderRef(ref).native
            self.world.new_id = lambda kind, name=name: name if kind == "order" else self.count(kind)
            try:
                self.take(request)
            except RequestError as error:
                self.reject(pending, error)

    def reject(self, order: Order, error: RequestError) -> None:
        facts = {"status": OrderStatus.REJECTED, "remaining": ZERO, "reject_reason": error.message}
        self.orders.keep(order.model_copy(update=facts))


def deciding_later(bench: Parts) -> None:
    """Orders are pending first."""
    bench.later = Later(bench)


def never_resting(bench: Parts) -> None:
    """The house moves and trades all the time, while somebody listens."""
    healthy, world = bench.parts["stream"].subscribe, bench.world
    deepest = next(one for one in world.books["RAIN-1"] if one.price == Decimal("0.31"))

    async def move() -> None:
        while True:
            await asyncio.sleep(0.002)
            deepest.size = deepest.size % 50 + 1
            world.book_changed("RAIN-1")
            trade = Trade(
                trade_id=world.new_id("trade"),
                market_ref=world.ref("RAIN-1"),
                price=Decimal("0.31"),
                size=Decimal(2),
                taker_outcome=YES,
                taker_action=BUY,
                time=world.clock.now(),
            )
            world.trades.append(trade)
            world.tell("trade", trade)

    @asynccontextmanager
    async def subscribe(subscription):
        async with healthy(subscription) as updates:
            moving = asyncio.ensure_future(move())
            try:
                yield updates
            finally:
                moving.cancel()
                await asyncio.wait({moving})

    bench.parts["stream"].subscribe = subscribe
