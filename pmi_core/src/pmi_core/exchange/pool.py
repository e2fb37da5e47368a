"""Orders at a curve: they trade at once, up to their limit, and nothing rests."""

from __future__ import annotations

from pmi_core.errors import BelowMinimum, OrderRefused
from pmi_core.exchange.account import HOUSE
from pmi_core.exchange.admission import Admission
from pmi_core.exchange.clearing import Clearing
from pmi_core.exchange.curve import Curve, curve_price
from pmi_core.exchange.events import CancelReason
from pmi_core.exchange.funds import check_trade, most_of_profit
from pmi_core.exchange.order import Order
from pmi_core.exchange.orders import Orders
from pmi_core.exchange.sides import BID
from pmi_core.exchange.state import State
from pmi_core.exchange.units import from_units
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import TimeInForce
from pmi_core.numbers import counted

__all__ = ["Pool"]


class Pool:
    """Takes orders for markets that a curve makes."""

    def __init__(self, state: State, orders: Orders, admission: Admission, clearing: Clearing) -> None:
        self._state = state
        self._orders = orders
        self._admission = admission
        self._clearing = clearing

    def place(self, order: Order, budget: int | None) -> None:
        """Trade what an order asks for, up to its limit.

        Raises:
            OrderRefused: it would have to rest, or cannot be filled whole and must be.
        """
        market = order.market
        curve = market.curve
        assert curve is not None
        outcome = order.asked.outcome
        reach = curve.within(order.side, order.price, curve.reach(order.side, from_units(order.price)))
        complete = True
        if budget is not None:
            order.size = curve.affordable(order.side, outcome, reach, budget)
            complete = order.size < reach
            if order.size < market.least:
                raise BelowMinimum(
                    f"{order.asked.notional} is too little to trade in {market.id}",
                    hint="give more, or a limit further away",
                    code="notional",
                )
        wanted = order.size
        if order.reduce_only:
            wanted = self._admission.reducible(order, wanted)
        size = curve.within(order.side, order.price, min(wanted, reach))
        if budget is None:
            complete = size == wanted
        self._check_kind(order, size, complete=complete)
        self._check_funds(order, curve, size)
        self._trade(order, curve, size)

    def _check_kind(self, order: Order, size: int, *, complete: bool) -> None:
        market = order.market
        if order.asked.post_only:
            raise OrderRefused(
                f"nothing rests in {market.id}: a curve makes its market", hint="drop post_only", code="curve"
            )
        if order.time_in_force is TimeInForce.FOK and not complete:
            raise OrderRefused(
                f"only {counted(from_units(size), 'contract')} can be had at that price in {market.id}",
                hint="fill-or-kill fills all of an order or nothing",
                code="fill_or_kill",
            )
        if not size and order.time_in_force is not TimeInForce.IOC:
            raise OrderRefused(
                f"nothing rests in {market.id}, and nothing can be had at that price",
                hint="give a limit that trades at once",
                code="curve",
            )

    def _fee(self, order: Order, size: int, value: int) -> int:
        charges = order.market.charges
        if not size or not charges.applies(order.created):
            return 0
        if not charges.on_trade:
            return most_of_profit(order.holding, order.side, size)
        price = curve_price(value, size)
        yes = order.asked.outcome is OutcomeSide.YES
        fee = charges.at_curve(price if yes else 1 - price, from_units(size))
        return max(fee, 0) + charges.alignment

    def _check_funds(self, order: Order, curve: Curve, size: int) -> None:
        if size:
            value = curve.value(order.side, size)
            check_trade(order.holding, order.side, size, value, self._fee(order, size, value))

    def _trade(self, order: Order, curve: Curve, size: int) -> None:
        orders = self._orders
        market = order.market
        order.remaining = order.size
        orders.accept(order)
        if size:
            value = curve.value(order.side, size)
            house = self._state.holders[market.id][f"{HOUSE}{market.id}"]
            self._clearing.house(order, house, size, value)
            curve.sold += size if order.side == BID else -size
            order.remaining -= size
            market.sequence = self._state.log.seq
        if order.remaining:
            orders.end(order, CancelReason.UNFILLED)
        else:
            orders.finish(order)
