"""What a taker would find: a curve as levels, and the cost of taking from book or curve."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from pmi_core.errors import InvalidOrder
from pmi_core.exchange.book import Book, Level
from pmi_core.exchange.curve import curve_price
from pmi_core.exchange.market import Market
from pmi_core.exchange.sides import BID, side_of
from pmi_core.exchange.units import SCALE, from_money, from_units, to_money
from pmi_core.exchange.views import CostView
from pmi_core.models.market import MarketStatus, OutcomeSide
from pmi_core.models.order import Action
from pmi_core.numbers import Rounding

__all__ = ["cost_of", "curve_levels"]

_UNIT = Decimal("0.000001")
"""No grid that is traded here is finer."""


def curve_levels(market: Market, side: int, depth: int) -> tuple[tuple[Decimal, Decimal], ...]:
    """Contracts that the curve takes (bids) or gives (asks) until its price reaches each price of
    the grid; every one of them trades at that price or better.
    """
    curve = market.curve
    if curve is None or market.status is not MarketStatus.OPEN:
        return ()
    taker = 1 - side
    grid = market.spec.price_grid
    towards = Rounding.FLOOR if side == BID else Rounding.CEILING
    price = grid.snap(curve.price(), towards=towards)
    levels: list[tuple[Decimal, Decimal]] = []
    before = 0
    while price is not None and len(levels) < depth:
        reach = curve.reach(taker, price)
        if reach > before:
            levels.append((price, from_units(reach - before)))
            before = reach
        price = grid.snap(price - _UNIT if side == BID else price + _UNIT, towards=towards)
    return tuple(levels)


def cost_of(
    market: Market,
    book: Book,
    outcome: OutcomeSide,
    action: Action,
    *,
    size: Decimal | None,
    notional: Decimal | None,
    now: datetime,
) -> CostView:
    """The answer to what taking would give."""
    if (size is None) == (notional is None):
        raise InvalidOrder("give exactly one of size and notional", code="size")
    wanted = market.size_of(size) if size is not None else None
    budget = to_money(notional) if notional is not None else None
    if wanted is None and (budget is None or budget <= 0):
        raise InvalidOrder("a notional is positive", code="notional")
    side = side_of(outcome, action)
    if market.curve is not None:
        return _from_curve(market, side, outcome, wanted=wanted, budget=budget, now=now)
    return _from_book(market, book, side, outcome, wanted=wanted, budget=budget, now=now)


def _from_book(
    market: Market,
    book: Book,
    side: int,
    outcome: OutcomeSide,
    *,
    wanted: int | None,
    budget: int | None,
    now: datetime,
) -> CostView:
    yes = outcome is OutcomeSide.YES
    charges = market.charges
    charged = charges.on_trade and not charges.on_close and charges.applies(now)
    size = cost = fees = 0
    worst = after = None
    complete = False
    for level in book[1 - side]:
        own = level.price if yes else SCALE - level.price
        left = wanted - size if wanted is not None else _whole((budget or 0) - cost, own, market.lot)
        if complete or not left:
            after, complete = own, True
            break
        taken = min(level.size, left)
        size += taken
        cost += own * taken
        worst = own
        if charged:
            fees += _fees(market, level, own, taken, buys=(side == BID) == yes)
        if taken == left:
            complete = True
            if taken < level.size:
                after = own
                break
    return _view(size, cost, fees, worst, after, complete=complete)


def _whole(budget: int, price: int, lot: int) -> int:
    size = budget // price
    return size - size % lot


def _fees(market: Market, level: Level, own: int, taken: int, *, buys: bool) -> int:
    """Fees are rounded fill by fill."""
    fees = 0
    for order in level:
        part = min(order.remaining, taken)
        cash = -own * part if buys else own * part
        fees += market.charges.of_trade(own, part, maker=False, cash=cash)
        taken -= part
        if not taken:
            break
    return fees


def _from_curve(
    market: Market, side: int, outcome: OutcomeSide, *, wanted: int | None, budget: int | None, now: datetime
) -> CostView:
    curve = market.curve
    assert curve is not None
    grid = market.spec.price_grid
    # an order needs a limit, so the curve ends where the grid does
    end, towards = (Decimal(1), Rounding.FLOOR) if side == BID else (Decimal(0), Rounding.CEILING)
    last = grid.snap(end, towards=towards)
    most = curve.reach(side, last) if last is not None and market.status is MarketStatus.OPEN else 0
    if wanted is not None:
        size = min(wanted, most)
        complete = size == wanted
    else:
        size = curve.affordable(side, outcome, most, budget or 0)
        complete = size < most
    yes = outcome is OutcomeSide.YES
    value = curve.value(side, size) if size else 0
    cost = value if yes else SCALE * size - value
    charges = market.charges
    fees = 0
    if size and charges.on_trade and not charges.on_close and charges.applies(now):
        price = curve_price(value, size)
        cash = -cost if (side == BID) == yes else cost
        fees = charges.at_curve(price if yes else 1 - price, from_units(size), cash)
    after = curve.price_after(side, size)
    view = _view(size, cost, fees, None, None, complete=complete)
    marginal = after if yes else 1 - after
    return msgspec.structs.replace(view, worst_price=marginal if size else None, price_after=marginal)


def _view(
    size: int, cost: int, fees: int, worst: int | None, after: int | None, *, complete: bool
) -> CostView:
    return CostView(
        from_units(size),
        from_money(cost),
        from_money(fees),
        from_money(cost) / from_units(size) if size else None,
        from_units(worst) if worst is not None else None,
        from_units(after) if after is not None else None,
        complete,
    )
