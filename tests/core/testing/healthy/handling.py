"""The healthy venue's further ways with orders: amend, batch, queue, groups."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pmi_core.errors import NotFound, OffGrid, PmiError, RequestError
from pmi_core.identifiers import GroupRef, MarketRef, OrderRef
from pmi_core.models import BatchResult, Order, OrderGroup, OrderRequest
from pmi_core.numbers import ZERO

from .reading import Reading
from .trading import CANCELED, Orders
from .world import Resting, rises, yes_price


class Amend:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.world = orders.world

    async def _working(self, ref: str) -> tuple[Order, Resting]:
        order = await self.orders.get_order(ref)
        if order.is_terminal:
            raise RequestError(f"the order is {order.status}", venue=self.world.name)
        (place,) = [one for one in self.world.books[order.market_ref.native] if one.order == ref]
        return order, place

    async def amend_order(self, order: OrderRef | str, *, price: Decimal, size: Decimal) -> Order:
        found, place = await self._working(order)
        if not self.world.market(found.market_ref.native).price_grid.contains(price):
            raise OffGrid("prices are whole cents", venue=self.world.name)
        left = size - found.filled
        kept = price == found.price and left <= found.remaining
        changed = found.model_copy(update={"price": price, "size": size, "remaining": left})
        if kept:
            place.size = left
            changed = self.orders.keep(changed)
            self.world.book_changed(found.market_ref.native)
            return changed
        self.world.books[found.market_ref.native].remove(place)
        return self.orders.match(changed)

    async def decrease_order(self, order: OrderRef | str, *, by: Decimal) -> Order:
        found, _ = await self._working(order)
        return await self.amend_order(order, price=found.price, size=found.size - by)


class Batch:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders

    async def place_orders(self, requests: Sequence[OrderRequest]) -> tuple[BatchResult, ...]:
        results = []
        for request in requests:
            try:
                order = await self.orders.place_order(request)
            except PmiError as error:
                facts = {"error": type(error).__name__, "message": error.message}
                results.append(BatchResult(client_order_id=request.client_order_id, **facts))
            else:
                results.append(
                    BatchResult(client_order_id=request.client_order_id, order_ref=order.ref, order=order)
                )
        return tuple(results)

    async def cancel_orders(self, orders: Sequence[OrderRef | str]) -> tuple[BatchResult, ...]:
        results = []
        for ref in orders:
            try:
                order = await self.orders.cancel_order(ref)
            except PmiError as error:
                results.append(BatchResult(order_ref=ref, error=type(error).__name__, message=error.message))
            else:
                results.append(BatchResult(order_ref=ref, order=order))
        return tuple(results)

    async def cancel_all(self, market: MarketRef | str | None = None) -> tuple[Order, ...]:
        working = [
            order
            for order in self.orders.world.orders.values()
            if not order.is_terminal and market in (None, order.market_ref)
        ]
        return tuple(self.orders.end(order, CANCELED) for order in working)


class Queue:
    def __init__(self, orders: Orders) -> None:
        self.world = orders.world

    async def get_queue_positions(self, orders: Sequence[OrderRef | str]) -> dict[OrderRef, Decimal]:
        places: dict[OrderRef, Decimal] = {}
        for ref in orders:
            order = self.world.orders.get(ref)
            if order is None or order.is_terminal:
                continue
            ahead = ZERO
            for one in self.world.books[order.market_ref.native]:
                if one.order == ref:
                    break
                if (one.bid, one.price) == (rises(order), yes_price(order)):
                    ahead += one.size
            places[order.ref] = ahead
        return places


class Groups(Reading):
    def __init__(self, world) -> None:
        super().__init__(world)
        self.made: dict[str, OrderGroup] = {}
        self.used: dict[str, Decimal] = {}
        self.orders: Orders | None = None

    def find(self, ref: str) -> OrderGroup:
        if ref not in self.made:
            raise NotFound(f"no group {ref}", venue=self.world.name)
        working = tuple(
            one.ref for one in self.world.orders.values() if one.group_ref == ref and not one.is_terminal
        )
        return self.made[ref].model_copy(update={"orders": working})

    def count(self, order: Order) -> None:
        self.used[order.group_ref] += order.filled
        if self.used[order.group_ref] >= self.made[order.group_ref].limit:
            self.stop(order.group_ref)

    def stop(self, ref: str) -> OrderGroup:
        for order in self.find(ref).orders:
            self.orders.end(self.world.orders[order], CANCELED)
        return self.change(ref, triggered=True)

    def change(self, ref: str, **facts) -> OrderGroup:
        self.made[ref] = self.find(ref).model_copy(update=facts)
        return self.find(ref)

    async def create_group(self, limit: Decimal) -> OrderGroup:
        ref = GroupRef.make(self.world.name, self.world.new_id("group"))
        self.made[ref], self.used[ref] = OrderGroup(ref=ref, limit=limit, window_seconds=15), ZERO
        return self.made[ref]

    async def list_groups(self) -> tuple[OrderGroup, ...]:
        return tuple(self.find(ref) for ref in self.made)

    async def get_group(self, group: GroupRef | str) -> OrderGroup:
        return self.find(group)

    async def reset_group(self, group: GroupRef | str) -> OrderGroup:
        self.find(group)
        self.used[group] = ZERO
        return self.change(group, triggered=False)

    async def trigger_group(self, group: GroupRef | str) -> OrderGroup:
        self.find(group)
        return self.stop(group)

    async def set_group_limit(self, group: GroupRef | str, limit: Decimal) -> OrderGroup:
        self.find(group)
        changed = self.change(group, limit=limit)
        return self.stop(group) if self.used[group] >= limit else changed

    async def delete_group(self, group: GroupRef | str) -> None:
        self.find(group)
        self.stop(group)
        del self.made[group]
