"""Commands on orders."""

from __future__ import annotations

from collections.abc import Iterable

from pmi_core.errors import InvalidOrder
from pmi_core.exchange.admission import MOMENTARY, Admission
from pmi_core.exchange.book import Level
from pmi_core.exchange.clearing import Clearing
from pmi_core.exchange.commands import AmendOrder, CancelAll, CancelOrder, DecreaseOrder, PlaceOrder
from pmi_core.exchange.events import CancelReason, OrderAmended
from pmi_core.exchange.funds import check_orders
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.matching import Plan
from pmi_core.exchange.order import Order
from pmi_core.exchange.orders import Orders
from pmi_core.exchange.pool import Pool
from pmi_core.exchange.state import State
from pmi_core.exchange.timers import TimerKind
from pmi_core.exchange.units import from_units
from pmi_core.models.order import TimeInForce
from pmi_core.numbers import counted

__all__ = ["Trading"]


class Trading:
    """Places, matches, amends and cancels."""

    def __init__(self, state: State, orders: Orders, admission: Admission, clearing: Clearing) -> None:
        self._state = state
        self._orders = orders
        self._admission = admission
        self._clearing = clearing
        self._pool = Pool(state, orders, admission, clearing)

    def place(self, command: PlaceOrder) -> None:
        """Place an order."""
        admission = self._admission
        order, budget = admission.read(command)
        if order.market.curve is not None:
            self._pool.place(order, budget)
            return
        size = order.size if budget is None else None
        if order.reduce_only:
            size = admission.reducible(order, size)
            if budget is not None:  # both bounds hold: the cheaper way to say so is a size
                size = min(size, admission.resolve(order, admission.plan(order, None, budget), budget))
                budget = None
        plan = admission.plan(order, size, budget)
        if budget is not None:
            size = order.size = admission.resolve(order, plan, budget)
        assert size is not None
        order.size = order.size or size
        order.remaining = size
        rest = size - plan.filled if plan is not None else size
        if order.time_in_force in MOMENTARY or (plan is not None and (plan.blocked or plan.capped)):
            rest = 0
        check_orders(order, plan, rest, (), self._state.now)
        self._orders.accept(order)
        if size < order.size:
            self._orders.note_cancel(order, order.size - size, CancelReason.REDUCE_ONLY)
        self._carry_out(order, plan)

    def _carry_out(self, order: Order, plan: Plan | None) -> None:
        """Fill an accepted order by its plan; rest, or cancel, what is left."""
        orders = self._orders
        touched: dict[Holding, None] = {order.holding: None}
        if plan is not None:
            for own in plan.canceled:
                orders.withdraw(own, CancelReason.SELF_TRADE)
            if plan.fills:
                self._fill(order, plan, touched)
            self._fire(order, plan)
        if order.remaining:
            reason = self._leftover(order, plan)
            if reason is None:
                orders.rest(order)
            else:
                orders.end(order, reason)
        else:
            orders.finish(order)
        for holding in touched:
            orders.settle(holding)

    def _fill(self, order: Order, plan: Plan, touched: dict[Holding, None]) -> None:
        state = self._state
        now = state.now
        market = order.market
        book = state.books[market.id][1 - order.side]
        pair = self._clearing.pair
        finish = self._orders.finish
        level: Level | None = None
        delta = 0
        for maker, size in plan.fills:
            if level is None or maker.price != level.price:
                if level is not None:
                    state.note_level(market, 1 - order.side, level, -delta)
                level, delta = book.level_of(maker), 0
            pair(order, maker, size, maker.price)
            order.remaining -= size
            holding = maker.holding
            touched[holding] = None
            delta += size
            if size == maker.remaining:
                holding.dequeue(maker)
                book.remove(maker)
                maker.remaining = 0
                if maker.group is not None:
                    maker.group.orders.pop(maker.id, None)
                finish(maker)
            else:
                holding.shrink(maker, size)
                level.size -= size
            if maker.group is not None:
                maker.group.hit(now, size)
        if order.group is not None:
            order.group.hit(now, plan.filled)
        if level is not None:
            state.note_level(market, 1 - order.side, level, -delta)

    def _fire(self, order: Order, plan: Plan) -> None:
        """Trigger the groups whose limit the fills reached."""
        lot = order.market.lot
        for group, room in plan.rooms.items():
            if room < lot and not group.triggered:
                self._orders.fire(group)
        own = order.group
        if own is not None and plan.capped and not own.triggered:
            self._orders.fire(own)

    def _leftover(self, order: Order, plan: Plan | None) -> CancelReason | None:
        if plan is not None and plan.blocked:
            return CancelReason.SELF_TRADE
        if order.group is not None and order.group.triggered:
            return CancelReason.GROUP
        return CancelReason.UNFILLED if order.time_in_force in MOMENTARY else None

    def cancel(self, command: CancelOrder) -> None:
        """Cancel an order; a terminal one stays as it is."""
        order = self._state.order(command.account, command.order_id)
        if order.status is None:
            self._orders.withdraw(order, CancelReason.REQUEST)
        else:
            self._state.log.keep_silent()

    def cancel_all(self, command: CancelAll) -> None:
        """Cancel an account's working orders, everywhere or in one market."""
        account = self._state.account(command.account)
        if command.market_id is None:
            holdings: Iterable[Holding] = list(account.holdings.values())
        else:
            holdings = [account.holding(self._state.market(command.market_id))]
        entries = [entry for holding in holdings for queue in holding.queue for entry in queue]
        working = [self._state.orders[order.id] for _, _, order in entries]
        if not working:
            self._state.log.keep_silent()
        for order in sorted(working, key=lambda order: order.place):
            self._orders.withdraw(order, CancelReason.REQUEST)

    def decrease(self, command: DecreaseOrder) -> None:
        """Take contracts off a working order."""
        order = self._working(command.account, command.order_id)
        by = order.market.size_of(command.by)
        if by >= order.remaining:
            if by > order.remaining:
                raise InvalidOrder(
                    f"order {order.id} has only {counted(from_units(order.remaining), 'contract')} working",
                    code="size",
                )
            self._orders.withdraw(order, CancelReason.REQUEST)
            return
        self._resize(order, order.size - by, by)

    def _resize(self, order: Order, size: int, cut: int) -> None:
        order.size = size
        self._note_amend(order, kept=True)
        if cut:
            self._orders.cut(order, cut)
        order.holding.refresh()

    def _note_amend(self, order: Order, *, kept: bool) -> None:
        order.updated = self._state.now
        self._state.log.emit(
            OrderAmended,
            order.id,
            order.account,
            order.market.id,
            from_units(order.own_price),
            from_units(order.size),
            kept,
        )

    def _working(self, account: str, order_id: str) -> Order:
        order = self._state.order(account, order_id)
        if order.status is not None:
            raise InvalidOrder(f"order {order_id} is {order.status} and cannot be changed", code="terminal")
        self._admission.check_open(order.market)
        return order

    def amend(self, command: AmendOrder) -> None:
        """Move an order."""
        order = self._working(command.account, command.order_id)
        admission = self._admission
        market = order.market
        price = market.price_of(command.price)
        size = market.size_of(command.size)
        rest = size - order.filled
        if rest <= 0:
            raise InvalidOrder(
                f"order {order.id} has {counted(from_units(order.filled), 'contract')} filled already",
                hint="give a larger total, or cancel it",
                code="size",
            )
        client_id = command.client_order_id
        if client_id == order.client_id:
            client_id = None
        if client_id is not None:
            admission.check_client_id(self._state.accounts[order.account], client_id)
        if command.expires_at is not None:
            admission.check_expiry(command.expires_at, command.time)
        if price == order.own_price and rest <= order.remaining:
            self._rename(order, command, client_id)
            self._resize(order, size, order.remaining - rest)
        else:
            self._move(order, command, price=price, size=size, rest=rest, client_id=client_id)

    def _move(
        self, order: Order, command: AmendOrder, *, price: int, size: int, rest: int, client_id: str | None
    ) -> None:
        """Take a working order out and bring it back as a new one of the same name."""
        admission = self._admission
        moved = Order(order.id, order.asked, order.holding, price, rest, order.created)
        moved.group = order.group
        moved.time_in_force = order.time_in_force
        moved.hold = order.market.hold_of(moved.side, moved.price, price)
        moved.place = self._state.counts["place"] + 1
        wanted = rest
        if order.reduce_only:
            rest = admission.reducible(moved, rest, without=order)
        plan = admission.plan(moved, rest, None)
        left = rest - plan.filled if plan is not None else rest
        if plan is not None and (plan.blocked or plan.capped):
            left = 0
        check_orders(moved, plan, left, (order,), self._state.now)
        self._orders.lift(order)
        order.price = moved.price
        order.own_price = price
        order.hold = moved.hold
        order.place = self._state.count("place")
        order.size = size
        order.remaining = rest
        self._rename(order, command, client_id)
        self._note_amend(order, kept=False)
        if rest < wanted:
            self._orders.note_cancel(order, wanted - rest, CancelReason.REDUCE_ONLY)
        if order.group is not None:
            order.group.orders.pop(order.id, None)
        self._carry_out(order, plan)

    def _rename(self, order: Order, command: AmendOrder, client_id: str | None) -> None:
        if client_id is not None:
            order.client_id = client_id
            self._state.accounts[order.account].client_ids[client_id] = order.id
        if command.expires_at is not None and command.expires_at != order.expires_at:
            order.expires_at = command.expires_at
            order.time_in_force = TimeInForce.GTD
            self._state.schedule(order.expires_at, TimerKind.EXPIRE, order.id)

    def expire_due(self, order_id: str) -> None:
        """An order's time may be over."""
        order = self._state.orders.get(order_id)
        if order is None or order.status is not None or order.expires_at is None:
            return
        if order.expires_at <= self._state.now:
            self._orders.withdraw(order, CancelReason.EXPIRY)
