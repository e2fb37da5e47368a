"""What an order can lose in the worst case, fees included."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from pmi_core.analysis.cost import FillCost, trade_fee
from pmi_core.desk.facts import Facts
from pmi_core.models import (
    Action,
    FeeCertainty,
    FeeSchedule,
    FeeTime,
    FlatFee,
    Liquidity,
    NoFee,
    OrderRequest,
    OutcomeSide,
    QuadraticFee,
)
from pmi_core.numbers import ONE, WIDE, ZERO, Rounding, round_to

__all__ = ["Risk", "assess", "free_to_sell", "worst_fees"]

_PLACES = Decimal("0.000001")
_EVEN = Decimal("0.5")
_FINE = Decimal("0.00001")
_SMALLEST = Decimal("0.01")
"""Of a fill, where a market does not say its own step."""


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
    sells = request.action is Action.SELL
    low, high = (request.price, ONE) if sells else (ZERO, request.price)
    fees, certainty = worst_fees(facts.fees, low, high, size, _piece(facts))
    if request.notional is not None and isinstance(facts.fees, QuadraticFee):
        # The cheaper they are, the more contracts the money buys, and the nearer the fee comes to this share of it.
        rate = WIDE.multiply(max(facts.fees.taker_rate, facts.fees.maker_rate), facts.fees.multiplier)
        fees = max(fees, _millionths(WIDE.multiply(rate, request.notional)))
    if taking is None or not taking.by_venue:
        return fees, certainty
    if taking.complete and taking.size == size and taking.fees_certainty is FeeCertainty.EXACT:
        return _millionths(max(ZERO, taking.fees)), FeeCertainty.EXACT
    return max(fees, _millionths(taking.fees)), FeeCertainty.UPPER_BOUND


def worst_fees(
    schedule: FeeSchedule | None, low: Decimal, high: Decimal, size: Decimal, smallest: Decimal | None = None
) -> tuple[Decimal, FeeCertainty]:
    """The most that is charged for a size, in whatever pieces it is filled, each at any price from ``low`` to ``high``.

    Args:
        schedule: what the venue charges.
        low: the lowest price of a fill.
        high: the highest.
        size: contracts.
        smallest: contracts of a fill; None where it is filled in one piece.
    """
    if schedule is None or isinstance(schedule, NoFee):
        return ZERO, FeeCertainty.EXACT
    # What is charged for a contract rises towards even odds, or with the price, or not at all.
    prices = {low, high, min(max(_EVEN, low), high)}
    rated = isinstance(schedule, QuadraticFee | FlatFee)
    plain = schedule.model_copy(update={"alignment": ZERO}) if rated else schedule
    # Every fill is rounded for itself, so many small ones cost no less than a large one.
    piece = size if smallest is None else min(smallest, size)
    fills = WIDE.divide(size, piece).to_integral_value(ROUND_CEILING) if size > 0 else ZERO
    dearest = max(ZERO, *(trade_fee(plain, one, piece, side)[0] for one in prices for side in Liquidity))
    worst = WIDE.multiply(fills, dearest)
    if isinstance(schedule, QuadraticFee | FlatFee) and schedule.when is FeeTime.TRADE:
        # What is given back over several fills leaves at most two steps of the balance.
        aligned = Decimal(2) if schedule.certainty is FeeCertainty.UPPER_BOUND else fills
        worst = WIDE.add(worst, WIDE.multiply(schedule.alignment, aligned))
    return _millionths(worst), FeeCertainty.UPPER_BOUND


def _piece(facts: Facts) -> Decimal:
    """The smallest fill to reckon with; where a fee is rounded coarsely, dust of less than a contract is not."""
    step = facts.market.size_step or _SMALLEST
    fine = isinstance(facts.fees, QuadraticFee | FlatFee) and facts.fees.step <= _FINE
    return step if fine else max(step, ONE)


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
