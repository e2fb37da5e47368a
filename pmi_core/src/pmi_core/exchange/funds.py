"""Whether an account can pay the worst that an order can cost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pmi_core.errors import InsufficientFunds
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.matching import Plan
from pmi_core.exchange.order import Order
from pmi_core.exchange.sides import ASK, BID
from pmi_core.exchange.units import SCALE, from_money
from pmi_core.models.market import OutcomeSide

__all__ = ["check_orders", "check_trade", "most_of_profit"]


def check_orders(
    order: Order, plan: Plan | None, rest: int, without: Collection[Order], now: datetime
) -> None:
    """Check an order's planned fills, and what it needs while the rest of it works.

    The fills are known, so they are counted at their own prices; the rest at its limit with the
    most that fees can be.

    Raises:
        InsufficientFunds: the account would owe money.
    """
    market = order.market
    available = order.holding.purse.available()
    filled = plan.filled if plan is not None else 0
    if available >= (filled + rest) // market.lot * order.hold:
        return  # enough even if all of it opened at the limit
    value = fees = 0
    if plan is not None:
        value = sum(maker.price * size for maker, size in plan.fills)
        fees = _fees(order, plan, now)
        without = {*without, *plan.canceled}
    short = _shortfall(
        order.holding,
        order.side,
        filled,
        value,
        fee=fees,
        resting=order if rest else None,
        rest=rest,
        without=without,
    )
    _refuse(order.account, market, short)


def check_trade(holding: Holding, side: int, size: int, value: int, fee: int) -> None:
    """Check a trade that stands alone, at a curve or negotiated.

    Raises:
        InsufficientFunds: the account would owe money.
    """
    short = _shortfall(holding, side, size, value, fee=fee, resting=None, rest=0, without=())
    _refuse(holding.account, holding.market, short)


def most_of_profit(holding: Holding, side: int, size: int) -> int:
    """The most that closing with a trade of ``size`` can be charged on profit."""
    charges = holding.market.charges
    if charges.on_trade or not charges.on_close:
        return 0
    return charges.of_profit(SCALE * min(size, holding.cover(side)))


def _fees(order: Order, plan: Plan, now: datetime) -> int:
    """The most that a plan's fills will be charged."""
    charges = order.market.charges
    if not charges.applies(now):
        return 0
    if not charges.on_trade:
        return most_of_profit(order.holding, order.side, plan.filled)
    yes = order.asked.outcome is OutcomeSide.YES
    return sum(
        charges.at_most(maker.price if yes else SCALE - maker.price, size) for maker, size in plan.fills
    )


def _shortfall(
    holding: Holding,
    side: int,
    size: int,
    value: int,
    *,
    fee: int,
    resting: Order | None,
    rest: int,
    without: Collection[Order],
) -> int:
    """Money that would be missing after a trade of ``size`` with the remainder in the book."""
    lot = holding.lot
    cover = holding.cover(side)
    closed = min(size, cover)
    paid = value if side == BID else SCALE * size - value
    cash = SCALE * closed - paid - fee
    held = holding.size + (size if side == BID else -size)
    needed = 0
    for one in (BID, ASK):
        entries = [
            (key, place, order.remaining, order.hold)
            for key, place, order in holding.queue[one]
            if order not in without
        ]
        if resting is not None and one == side:
            key = resting.price if side == ASK else -resting.price
            last = entries[-1][1] + 1 if entries else 0
            entries.append((key, max(last, resting.place), rest, resting.hold))
            entries.sort()
        left = max(held if one == ASK else -held, 0)
        for _, _, remaining, hold in entries:
            opening = max(remaining - left, 0)
            left = max(left - remaining, 0)
            needed += opening // lot * hold
    reserved = needed - holding.need[BID] - holding.need[ASK]
    return reserved - cash - holding.purse.available()


def _refuse(account: str, market: Market, short: int) -> None:
    if short > 0:
        raise InsufficientFunds(
            f"account {account!r} lacks {from_money(short)} {market.currency} for this in {market.id}",
            hint="make it smaller, cancel orders that hold money, or deposit",
            code="funds",
        )
