"""The healthy venue's account, orders and what goes with them."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.errors import (
    BelowMinimum,
    Duplicate,
    InsufficientFunds,
    MarketNotOpen,
    NotFound,
    OffGrid,
    OrderRefused,
    RequestError,
    WouldCross,
)
from pmi_core.identifiers import OrderRef
from pmi_core.models import (
    Balance,
    Fill,
    FillQuery,
    Liquidity,
    Order,
    OrderQuery,
    OrderRequest,
    OrderStatus,
    Page,
    Position,
    PositionQuery,
    SelfTradePolicy,
    Settlement,
    SettlementQuery,
    TimeInForce,
)
from pmi_core.numbers import ZERO, Rounding, round_to

from .reading import Reading, known, page_of
from .world import NO, SELL, YES, Resting, rises, yes_price

OPEN, PARTIAL, FILLED, CANCELED = (
    OrderStatus.OPEN,
    OrderStatus.PARTIAL,
    OrderStatus.FILLED,
    OrderStatus.CANCELED,
)
NOW = (TimeInForce.IOC, TimeInForce.FOK)


class Account(Reading):
    async def get_balance(self) -> tuple[Balance, ...]:
        reserved = self.world.reserved()
        return (
            Balance(
                currency="USD",
                total=self.world.cash,
                available=self.world.cash - reserved,
                reserved=reserved,
                as_of=self.world.clock.now(),
            ),
        )

    def position(self, native: str) -> Position:
        held = self.world.held.get(native, ZERO)
        cost = self.world.cost.get(native, ZERO) if held else ZERO
        return Position(
            market_ref=self.world.ref(native),
            outcome=NO if held < 0 else YES,
            size=abs(held),
            average_price=cost / abs(held) if held else None,
            cost=cost,
            realized_pnl=self.world.realized.get(native, ZERO),
            fees=self.world.fees.get(native, ZERO),
            as_of=self.world.clock.now(),
        )

    async def list_positions(self, query: PositionQuery) -> Page[Position]:
        rows = [
            self.position(native)
            for native, held in self.world.held.items()
            if (held or query.include_closed) and query.market_ref in (None, self.world.ref(native))
        ]
        return page_of(rows, query.limit, query.cursor)

    async def list_settlements(self, query: SettlementQuery) -> Page[Settlement]:
        return page_of([], query.limit, query.cursor)


class Orders(Reading):
    def __init__(self, world, groups) -> None:
        super().__init__(world)
        self.groups = groups

    def expire(self) -> None:
        for order in list(self.world.orders.values()):
            working = not order.is_terminal and order.status is not OrderStatus.PENDING
            if order.expires_at and working and order.expires_at <= self.world.clock.now():
                self.end(order, OrderStatus.EXPIRED)

    def keep(self, order: Order) -> Order:
        order = order.model_copy(update={"updated_time": self.world.clock.now()})
        self.world.orders[order.ref] = order
        self.world.tell("order", order)
        return order

    def end(self, order: Order, status: OrderStatus) -> Order:
        native = order.market_ref.native
        self.world.books[native] = [one for one in self.world.books[native] if one.order != order.ref]
        order = self.keep(order.model_copy(update={"status": status, "remaining": ZERO}))
        self.world.book_changed(native)
        return order

    def check(self, wanted: OrderRequest) -> None:
        market = self.world.market(known(self.world, wanted.market_ref))
        if not market.is_open:
            raise MarketNotOpen(f"{market.ref} is {market.status}", venue=self.world.name)
        known_ids = {one.client_order_id for one in self.world.orders.values()} - {None}
        if wanted.client_order_id in known_ids:
            raise Duplicate("that client order id was used", venue=self.world.name)
        if not market.price_grid.contains(wanted.price):
            raise OffGrid("prices are whole cents", venue=self.world.name)
        if wanted.size is not None and (
            wanted.size < market.min_size
            or wanted.size != round_to(wanted.size, market.size_step, Rounding.DOWN)
        ):
            raise BelowMinimum("half contracts, at least one", venue=self.world.name)
        if wanted.expires_at is not None and wanted.expires_at <= self.world.clock.now():
            raise RequestError("the expiry has passed", venue=self.world.name)
        if wanted.group_ref is not None and self.groups.find(wanted.group_ref).triggered:
            raise OrderRefused("the group is triggered", venue=self.world.name)

    async def place_order(self, request: OrderRequest) -> Order:
        self.expire()
        return self.take(request)

    def take(self, request: OrderRequest) -> Order:
        self.check(request)
        order = Order(
            ref=OrderRef.make(self.world.name, self.world.new_id("order")),
            **{name: getattr(request, name) for name in OrderRequest.model_fields},
            status=OPEN,
            filled=ZERO,
            remaining=request.size,
            fees=ZERO,
            created_time=self.world.clock.now(),
        )
        if request.reduce_only:
            held = self.world.held.get(request.market_ref.native, ZERO)
            has = held if request.outcome is YES else -held
            if request.action is not SELL or has <= 0:
                raise OrderRefused("there is nothing to reduce", venue=self.world.name)
            order = order.model_copy(update={"remaining": min(order.remaining, has)})
        if self.world.worst(order) > self.world.cash - self.world.reserved():
            raise InsufficientFunds("not enough money", venue=self.world.name)
        return self.match(order)

    def match(self, order: Order) -> Order:
        native, bid = order.market_ref.native, rises(order)
        meets = self.world.matches(native, bid, yes_price(order))
        if order.post_only and meets:
            raise WouldCross("it would take", venue=self.world.name)
        there = sum((one.size for one in meets if one.order is None), ZERO)
        if order.time_in_force is TimeInForce.FOK and there < (order.remaining or ZERO):
            raise OrderRefused("it cannot be filled whole", venue=self.world.name)
        stopped = False
        for one in meets:
            left = self.left(order, one.price)
            if left <= 0:
                break
            if one.order is not None:
                if order.self_trade is not SelfTradePolicy.CANCEL_MAKER:
                    stopped = True
                    break
                self.end(self.world.orders[one.order], CANCELED)
                continue
            size = min(one.size, left)
            one.size -= size
            order = self.world.filled(order, one.price, size, Liquidity.TAKER)
        self.world.books[native] = [one for one in self.world.books[native] if one.size > 0]
        order = self.rest(order, native, bid, stopped)
        self.world.book_changed(native)
        if order.group_ref is not None:
            self.groups.count(order)
            order = self.world.orders[order.ref]
        return order

    def left(self, order: Order, price: Decimal) -> Decimal:
        if order.notional is None:
            return order.remaining
        own = price if order.outcome is YES else 1 - price
        return round_to(
            (order.notional - (order.filled_notional or ZERO)) / own, Decimal("0.5"), Rounding.DOWN
        )

    def rest(self, order: Order, native: str, bid: bool, stopped: bool) -> Order:
        if order.notional is not None and order.time_in_force not in NOW:
            left = self.left(order, yes_price(order))
            order = order.model_copy(update={"remaining": left, "size": order.filled + left})
        if order.remaining == 0:
            return self.keep(order.model_copy(update={"status": FILLED}))
        if stopped or order.time_in_force in NOW or order.reduce_only:
            return self.keep(order.model_copy(update={"status": CANCELED, "remaining": ZERO}))
        self.world.books[native].append(Resting(bid, yes_price(order), order.remaining, order.ref))
        return self.keep(order.model_copy(update={"status": PARTIAL if order.filled else OPEN}))

    async def cancel_order(self, order: OrderRef | str) -> Order:
        found = await self.get_order(order)
        return found if found.is_terminal else self.end(found, CANCELED)

    async def get_order(self, order: OrderRef | str) -> Order:
        self.expire()
        OrderRef(order).at(self.world.name)
        if order not in self.world.orders:
            raise NotFound(f"no order {order}", venue=self.world.name)
        return self.world.orders[order]

    async def list_orders(self, query: OrderQuery) -> Page[Order]:
        self.expire()
        rows = [
            order
            for order in reversed(self.world.orders.values())
            if query.market_ref in (None, order.market_ref)
            and (not query.statuses or order.status in query.statuses)
        ]
        return page_of(rows, query.limit, query.cursor)

    async def list_fills(self, query: FillQuery) -> Page[Fill]:
        rows = [
            fill
            for fill in reversed(self.world.fills)
            if query.market_ref in (None, fill.market_ref) and query.order_ref in (None, fill.order_ref)
        ]
        return page_of(rows, query.limit, query.cursor)

    async def find_by_client_id(self, client_order_id: str) -> Order | None:
        self.expire()
        found = [one for one in self.world.orders.values() if one.client_order_id == client_order_id]
        return found[0] if found else None
