"""Orders on their way: into the books, down in size, out again."""

from __future__ import annotations

from pmi_core.exchange.events import CancelReason, GroupChange, OrderAccepted, OrderCanceled
from pmi_core.exchange.group import Group
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.order import Order
from pmi_core.exchange.state import State
from pmi_core.exchange.timers import TimerKind
from pmi_core.exchange.units import from_units
from pmi_core.models.order import OrderStatus, TimeInForce

__all__ = ["Orders"]


class Orders:
    """Takes orders in and out of the books, with what they reserve and what is told of it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def accept(self, order: Order) -> None:
        """Take an order that passed every check into the books."""
        state = self._state
        order.id = str(state.count("order"))
        order.place = state.count("place")
        account = state.accounts[order.account]
        market_id = order.market.id
        if market_id not in account.holdings:
            state.attach(order.holding)
        account.orders[order.id] = state.orders[order.id] = order
        account.client_ids[order.client_id] = order.id
        state.log.emit(
            OrderAccepted, order.id, account.id, market_id, order.client_id, from_units(order.size)
        )

    def rest(self, order: Order) -> None:
        """Put what is left of an order at the end of its price's queue."""
        state = self._state
        market = order.market
        order.holding.enqueue(order)
        level = state.books[market.id][order.side].add(order)
        state.note_level(market, order.side, level, order.remaining)
        if order.group is not None:
            order.group.orders[order.id] = None
        if order.time_in_force is TimeInForce.GTD:
            state.schedule(order.expires_at, TimerKind.EXPIRE, order.id)

    def finish(self, order: Order) -> None:
        """Nothing of an order is left: it is filled, or canceled where part of it never was."""
        order.status = OrderStatus.FILLED if order.filled == order.size else OrderStatus.CANCELED
        self._state.retire(order)

    def end(self, order: Order, reason: CancelReason) -> None:
        """Cancel what is left of an order that is in no book."""
        size = order.remaining
        order.remaining = 0
        order.status = OrderStatus.EXPIRED if reason is CancelReason.EXPIRY else OrderStatus.CANCELED
        self.note_cancel(order, size, reason)
        self._state.retire(order)

    def note_cancel(self, order: Order, size: int, reason: CancelReason) -> None:
        """Tell that contracts were taken off an order."""
        order.cancel_reason = reason
        order.updated = self._state.now
        self._state.log.emit(
            OrderCanceled,
            order.id,
            order.account,
            order.market.id,
            from_units(size),
            from_units(order.remaining),
            reason,
        )

    def settle(self, holding: Holding) -> None:
        """Bring a holding's orders and reserve in line with its position."""
        if holding.reducing:
            self._trim(holding)
        holding.refresh()

    def _trim(self, holding: Holding) -> None:
        """Cut reduce-only orders to what is left to reduce when their turn comes."""
        for side in (0, 1):
            left = holding.cover(side)
            for _, _, entry in list(holding.queue[side]):
                order = self._state.orders[entry.id]
                if order.reduce_only and order.remaining > left:
                    if not left:
                        self._take_out(order, CancelReason.REDUCE_ONLY)
                        continue
                    cut = order.remaining - left
                    self.cut(order, cut)
                    self.note_cancel(order, cut, CancelReason.REDUCE_ONLY)
                left = max(left - order.remaining, 0)

    def cut(self, order: Order, size: int) -> None:
        """Take contracts off a resting order; its place is kept."""
        state, market, side = self._state, order.market, order.side
        level = state.books[market.id][side].level_of(order)
        order.holding.shrink(order, size)
        level.size -= size
        state.note_level(market, side, level, -size)

    def withdraw(self, order: Order, reason: CancelReason) -> None:
        """Cancel a resting order."""
        if order.status is None:
            self._take_out(order, reason)
            self.settle(order.holding)

    def _take_out(self, order: Order, reason: CancelReason) -> None:
        self.lift(order)
        if order.group is not None:
            order.group.orders.pop(order.id, None)
        self.end(order, reason)

    def lift(self, order: Order) -> None:
        """Take a working order out of its queue, for good or to come back elsewhere."""
        order.holding.dequeue(order)
        state, market, side = self._state, order.market, order.side
        level = state.books[market.id][side].remove(order)
        state.note_level(market, side, level, -order.remaining)

    def clear(self, market: Market, reason: CancelReason, *, on_pause_only: bool = False) -> None:
        """Cancel what rests in a market."""
        for order in [order for side in self._state.books[market.id] for level in side for order in level]:
            if order.asked.cancel_on_pause or not on_pause_only:
                self.withdraw(order, reason)

    def fire(self, group: Group) -> None:
        """Cancel every order of a group and refuse new ones from now on."""
        group.triggered = True
        self._state.note_group(group, GroupChange.TRIGGERED)
        self.clear_group(group)

    def clear_group(self, group: Group) -> None:
        """Cancel what works of a group."""
        for order_id in list(group.orders):
            if order_id in group.orders:  # a cancel may have trimmed one that comes after it
                self.withdraw(self._state.orders[order_id], CancelReason.GROUP)
        group.orders.clear()
