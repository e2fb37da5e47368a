"""Price-time priority: what an order would meet, found without changing anything."""

from __future__ import annotations

from datetime import datetime

from pmi_core.exchange.book import Side
from pmi_core.exchange.group import Group
from pmi_core.exchange.order import Order
from pmi_core.exchange.units import SCALE
from pmi_core.models.market import OutcomeSide
from pmi_core.models.order import SelfTradePolicy

__all__ = ["Plan", "crosses", "sweep"]


class Plan:
    """What will happen to an incoming order."""

    __slots__ = ("blocked", "budget", "canceled", "capped", "done", "filled", "fills", "rooms")

    def __init__(self, budget: int | None) -> None:
        self.fills: list[tuple[Order, int]] = []
        """Makers in order of priority, each with the contracts it gives."""
        self.canceled: list[Order] = []
        """Own resting orders that make way."""
        self.filled = 0
        self.budget = budget
        """Money left of a notional order."""
        self.blocked = False
        """An own resting order stopped it."""
        self.capped = False
        """Its group's limit stopped it."""
        self.done = False
        """It got all it asked for."""
        self.rooms: dict[Group, int] = {}
        """What the makers' groups have left afterwards."""


def crosses(order: Order, opposite: Side) -> bool:
    """Whether an incoming order meets the other side."""
    keys = opposite.keys
    return bool(keys) and keys[-1] >= order.price * opposite.sign


def sweep(  # noqa: C901, PLR0912 - the hottest loop of the engine stays in one piece
    order: Order, opposite: Side, size: int | None, budget: int | None, now: datetime
) -> Plan:
    """Plan the fills of an incoming order: best price first, first come first within a price.

    Exactly one of ``size`` (units) and ``budget`` (money units, in terms of the order's outcome)
    is given.
    """
    plan = Plan(budget)
    limit = order.price * opposite.sign
    account = order.account
    stops = order.asked.self_trade is SelfTradePolicy.CANCEL_TAKER
    left = size if size is not None else -1
    own_room = order.group.room(now) if order.group is not None else -1
    rooms = plan.rooms
    fills = plan.fills
    lot = order.market.lot
    for key in reversed(opposite.keys):
        if key < limit:
            break
        level = opposite.levels[key]
        price = level.price
        if budget is not None:
            left = _affordable(order, price, budget)
        maker = level.head
        while maker is not None and left:
            if maker.account == account:
                if stops:
                    plan.blocked = True
                    return plan
                plan.canceled.append(maker)
                maker = maker.next
                continue
            taken = maker.remaining
            taken = min(taken, left)
            group = maker.group
            if group is not None:
                room = rooms.get(group)
                if room is None:
                    room = group.room(now)
                taken = min(taken, room - room % lot)
                rooms[group] = room - taken
            if own_room >= 0:
                taken = min(taken, own_room - own_room % lot)
                own_room -= taken
            if taken:
                fills.append((maker, taken))
                plan.filled += taken
                left -= taken
                if budget is not None:
                    budget -= taken * _own(order, price)
                    plan.budget = budget
            if 0 <= own_room < lot:
                plan.capped = True
                plan.done = not left
                return plan
            maker = maker.next
        if not left:
            plan.done = True
            break
    return plan


def _own(order: Order, price: int) -> int:
    """A YES price in terms of the order's outcome."""
    return price if order.asked.outcome is OutcomeSide.YES else SCALE - price


def _affordable(order: Order, price: int, budget: int) -> int:
    own = _own(order, price)
    size = budget // own if own else 0
    return size - size % order.market.lot
