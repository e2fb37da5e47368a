"""What an order can lose in the worst case, fees included."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pmi_core.analysis.cost import FillCost, trade_fee
from pmi_core.desk.facts import Facts
from pmi_core.models import (
    Action,
    FeeCertainty,
    FeeSchedule,
    Liquidity,
    NoFee,
    OrderRequest,
    OutcomeSide,
)
from pmi_core.numbers import ONE, WIDE, ZERO, Rounding, round_to

__all__ = ["Risk", "assess", "free_to_sell", "worst_fees"]

_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Risk:
    """The worst case of one order."""

    loss: Decimal
    """Money that can be lost: what is paid, or what a sale opens, with fees."""
    cash: Decimal
    """Cash that the order may need."""
    fees: Decimal
    certainty: FeeCertainty
    size: Decimal
    """Contracts at most."""
    leans_on_position: bool
    """Whether the loss is small only because the account holds what is sold."""


def assess(request: OrderRequest, facts: Facts, taking: FillCost | None, filled: Decimal = ZERO) -> Risk:
    """Assess what is left of an order: all of it, or what exceeds ``filled``."""
    size = _contracts(request, taking) - filled
    money = request.notional
    if money is None:
        money = WIDE.multiply(size, request.price)
    fees, certainty = _fees(request, facts, taking, size)
    if request.action is Action.BUY:
        loss = _millionths(WIDE.add(money, fees))
        return Risk(loss, loss, fees, certainty, size, leans_on_position=False)
    covered = min(size, free_to_sell(facts, request.outcome))
    opened = ZERO if request.reduce_only else size - covered
    loss = _millionths(WIDE.add(WIDE.multiply(opened, WIDE.subtract(ONE, request.price)), fees))
    leans = not request.reduce_only and covered > 0
    return Risk(loss, loss, fees, certainty, size, leans_on_position=leans)


def free_to_sell(facts: Facts, outcome: OutcomeSide) -> Decimal:
    """Contracts held that no working order sells already."""
    promised = [
        order.remaining or ZERO
        for order in facts.working or ()
        if order.market_ref == facts.market.ref and order.outcome is outcome and order.action is Action.SELL
    ]
    return max(ZERO, facts.held(outcome) - sum(promised, ZERO))


def _fees(
    request: OrderRequest, facts: Facts, taking: FillCost | None, size: Decimal
) -> tuple[Decimal, FeeCertainty]:
    """What a firm quote for all of it says; else the worst of quote and schedule."""
    fees, certainty = worst_fees(facts.fees, request.price, size, taking)
    if taking is None or not taking.by_venue:
        return fees, certainty
    if taking.complete and taking.size == size and taking.fees_certainty is FeeCertainty.EXACT:
        return _millionths(max(ZERO, taking.fees)), FeeCertainty.EXACT
    return max(fees, _millionths(taking.fees)), FeeCertainty.UPPER_BOUND


def worst_fees(
    schedule: FeeSchedule | None, price: Decimal, size: Decimal, taking: FillCost | None
) -> tuple[Decimal, FeeCertainty]:
    """The most that the fills are charged by the schedule, at the limit or at a visible price.

    A venue that rounds the fee of each fill may charge one step more for every further fill; one step
    a visible level is counted.
    """
    if schedule is None or isinstance(schedule, NoFee):
        return ZERO, FeeCertainty.EXACT
    levels = taking.levels if taking is not None else ()
    step = getattr(schedule, "step", ZERO)
    prices = {price, *(level.price for level in levels)}
    worst = max(trade_fee(schedule, one, size, side)[0] for one in prices for side in Liquidity)
    return _millionths(max(ZERO, worst) + step * len(levels)), FeeCertainty.UPPER_BOUND


def _contracts(request: OrderRequest, taking: FillCost | None) -> Decimal:
    """Contracts at most; a notional buys more of them the cheaper they are."""
    if request.size is not None:
        return request.size
    assert request.notional is not None
    at_limit = round_to(WIDE.divide(request.notional, request.price), _PLACES, Rounding.CEILING)
    return max(at_limit, taking.size) if taking is not None else at_limit


def _millionths(amount: Decimal) -> Decimal:
    """Rounded up to what is counted."""
    return round_to(amount, _PLACES, Rounding.CEILING)
