"""An order read from its command, or refused before anything changes."""

from __future__ import annotations

from datetime import datetime

from pmi_core.errors import (
    BelowMinimum,
    Duplicate,
    InvalidOrder,
    MarketNotOpen,
    OrderRefused,
    WouldCross,
)
from pmi_core.exchange.account import Account
from pmi_core.exchange.commands import PlaceOrder
from pmi_core.exchange.market import Market
from pmi_core.exchange.matching import Plan, crosses, sweep
from pmi_core.exchange.order import Order
from pmi_core.exchange.sides import ASK
from pmi_core.exchange.state import State
from pmi_core.exchange.units import from_units, to_money
from pmi_core.models.market import OutcomeSide, Trading
from pmi_core.models.order import Action, SelfTradePolicy, TimeInForce
from pmi_core.numbers import counted, plain

__all__ = ["MOMENTARY", "Admission"]

MOMENTARY = (TimeInForce.IOC, TimeInForce.FOK)
"""Orders that never rest."""


class Admission:
    """Checks that need no matching, and those that need the plan."""

    def __init__(self, state: State) -> None:
        self._state = state

    def read(self, command: PlaceOrder) -> tuple[Order, int | None]:
        """The order that a command asks for, not yet in the books, and its budget if it has one.

        Raises:
            RequestError: it cannot be, whatever the book holds.
        """
        state = self._state
        account = state.account(command.account)
        market = state.market(command.market_id)
        self.check_open(market)
        if not (
            type(command.outcome) is OutcomeSide
            and type(command.action) is Action
            and type(command.time_in_force) is TimeInForce
            and type(command.self_trade) is SelfTradePolicy
        ):
            raise InvalidOrder(
                "outcome, action, time in force and self-trade policy are members of their enumerations",
                hint="give for example Action.BUY, not its text",
                code="kind",
            )
        self.check_client_id(account, command.client_order_id)
        price = market.price_of(command.price)
        size = budget = None
        if command.size is not None and command.notional is None:
            size = market.new_size_of(command.size)
        elif command.notional is not None and command.size is None:
            budget = to_money(command.notional)
            if budget is None or budget <= 0:
                raise InvalidOrder(
                    f"{command.notional} is not a sum to trade for",
                    hint="give a positive Decimal",
                    code="notional",
                )
        else:
            raise InvalidOrder(
                "an order has a size or a notional", hint="give exactly one of them", code="size"
            )
        self._check_times(command)
        order = Order("", command, account.holding(market), price, size or 0, command.time)
        order.hold = market.hold_of(order.side, order.price, price)
        if command.group_id is not None:
            group = state.group(command.account, command.group_id)
            if group.triggered:
                raise OrderRefused(
                    f"order group {group.id} was triggered", hint="reset it first", code="group_triggered"
                )
            order.group = group
        return order, budget

    def check_open(self, market: Market) -> None:
        """Check that a market takes orders.

        Raises:
            MarketNotOpen: it does not.
        """
        if market.trading is not Trading.OPEN:
            raise MarketNotOpen(
                f"{market.id} takes no orders: its status is {market.status}, trading {market.trading}",
                hint="wait until it opens" if market.trading is Trading.PAUSED else None,
                code=market.trading.value if market.trading is Trading.PAUSED else market.status.value,
            )

    def check_client_id(self, account: Account, client_order_id: str) -> None:
        """Check that an account never used a client order id.

        Raises:
            Duplicate: it did.
            InvalidOrder: it is no id.
        """
        if client_order_id in account.client_ids:
            raise Duplicate(
                f"account {account.id!r} used client order id {client_order_id!r} before",
                hint="the earlier order stands; look it up by that id",
                code="client_order_id",
            )
        if not client_order_id or len(client_order_id) > 120:
            raise InvalidOrder("a client order id has 1 to 120 characters", code="client_order_id")

    def _check_times(self, command: PlaceOrder) -> None:
        if command.time_in_force is TimeInForce.GTD:
            self.check_expiry(command.expires_at, command.time)
        elif command.expires_at is not None:
            raise InvalidOrder("expires_at goes with time in force gtd, and only with it", code="expiry")
        elif command.post_only and command.time_in_force in MOMENTARY:
            raise InvalidOrder("a post-only order rests, so it cannot be ioc or fok", code="post_only")

    def check_expiry(self, expires_at: datetime | None, now: datetime) -> None:
        """Check that an order expires in the future.

        Raises:
            InvalidOrder: it does not.
        """
        if expires_at is None or expires_at.tzinfo is None or expires_at <= now:
            raise InvalidOrder(
                f"an order cannot expire at {expires_at}",
                hint="give an aware time in the future",
                code="expiry",
            )

    def reducible(self, order: Order, size: int | None, without: Order | None = None) -> int:
        """Contracts that a reduce-only order can take off the position, after the account's orders
        that fill before it.

        Raises:
            OrderRefused: none.
        """
        side = order.side
        holding = order.holding
        left = holding.cover(side)
        own_key = order.price if side == ASK else -order.price
        for key, _, other in holding.queue[side]:
            if key > own_key:
                break
            if other is not without:
                left -= other.remaining
        if left <= 0:
            raise OrderRefused(
                f"account {order.account!r} has nothing in {order.market.id} that this order would reduce",
                hint="reduce-only orders close what is held and not offered already",
                code="nothing_to_reduce",
            )
        return left if size is None else min(size, left)

    def plan(self, order: Order, size: int | None, budget: int | None) -> Plan | None:
        """What the order meets; None when it meets nothing.

        Raises:
            WouldCross: it meets something and must not.
            OrderRefused: all of it or nothing was asked, and all is not there.
        """
        opposite = self._state.books[order.market.id][1 - order.side]
        if not crosses(order, opposite):
            if order.time_in_force is TimeInForce.FOK:
                raise _unfilled(order, 0)
            return None
        if order.asked.post_only:
            raise WouldCross(
                f"{plain(from_units(order.own_price))} would trade at once in {order.market.id}",
                hint="give a price that rests, or drop post_only",
                code="post_only",
            )
        plan = sweep(order, opposite, size, budget, self._state.now)
        if order.time_in_force is TimeInForce.FOK and not plan.done:
            if plan.blocked:
                raise OrderRefused(
                    "filling all of it would trade with an order of the same account",
                    hint="cancel that order, or use the other self-trade policy",
                    code="self_trade",
                )
            raise _unfilled(order, plan.filled)
        return plan

    def resolve(self, order: Order, plan: Plan | None, budget: int) -> int:
        """Contracts that a notional buys or raises: what its plan fills, and what the money left
        is worth at the limit, never more.

        Raises:
            BelowMinimum: it is not enough for the market's minimum.
        """
        market = order.market
        filled, left = 0, budget
        if plan is not None:
            filled = plan.filled
            left = 0 if plan.done else plan.budget or 0
        rest = left // order.own_price
        size = filled + rest - rest % market.lot
        if size < market.least:
            raise BelowMinimum(
                f"{order.asked.notional} is too little to trade in {market.id}",
                hint=f"the minimum is {counted(from_units(market.least), 'contract')}",
                code="notional",
            )
        return size


def _unfilled(order: Order, filled: int) -> OrderRefused:
    return OrderRefused(
        f"only {counted(from_units(filled), 'contract')} can be had at that price in {order.market.id}",
        hint="fill-or-kill fills all of an order or nothing",
        code="fill_or_kill",
    )
