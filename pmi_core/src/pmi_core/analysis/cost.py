"""What taking from a book costs: average price, size, money, fees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pmi_core.models import Action, FeeCertainty, FeeSchedule, FeeTime, Level, Liquidity, OrderBook
from pmi_core.models.fees import NoFee
from pmi_core.numbers import WIDE, ZERO, Rounding, round_to

__all__ = ["FillCost", "fill_cost", "trade_fee"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillCost:
    """What an order that takes from a book would get, if nothing moves before."""

    size: Decimal
    """Contracts that can be had within the limit; less than asked when the book is too thin."""
    average_price: Decimal | None
    """None when nothing can be had."""
    worst_price: Decimal | None
    cost: Decimal
    """Paid (buy) or received (sell), fees excluded."""
    fees: Decimal
    fees_certainty: FeeCertainty
    price_after: Decimal | None
    """Best price left on that side afterwards; None when nothing is left."""
    complete: bool
    """Whether all that was asked for can be had."""
    available: Decimal
    """Contracts within the limit, taken or not."""
    levels: tuple[Level, ...]
    """What is taken from each price, best first."""
    by_venue: bool = False
    """Whether the venue computed it, instead of a walk through a book."""


def fill_cost(
    book: OrderBook,
    action: Action,
    *,
    size: Decimal | None = None,
    notional: Decimal | None = None,
    limit: Decimal | None = None,
    fees: FeeSchedule | None = None,
    size_step: Decimal | None = None,
) -> FillCost:
    """Walk a book, in the book's own prices, until the size, the money or the limit is reached.

    Args:
        book: of the outcome that is bought or sold.
        action: buying takes asks, selling takes bids.
        size: contracts wanted; give either this or ``notional``.
        notional: money to spend or raise, fees excluded.
        limit: worst price that is taken; None for any.
        fees: the market's schedule; one fill is assumed a level.
        size_step: contracts bought for a notional are rounded down to a multiple of this.

    Raises:
        ValueError: not exactly one positive measure is given.
    """
    measure = size if notional is None else notional
    if (size is None) == (notional is None) or measure is None or measure <= 0:
        raise ValueError("give exactly one of size and notional, more than 0")
    side = book.asks if action is Action.BUY else book.bids
    within = [level for level in side if limit is None or not _is_worse(level.price, limit, action)]
    taken, left = _take(within, size, notional, size_step)
    total = _sum(level.size for level in taken)
    cost = _sum(WIDE.multiply(level.size, level.price) for level in taken)
    charged = [trade_fee(fees, level.price, level.size, Liquidity.TAKER) for level in taken]
    surely = len(taken) <= 1 and all(certainty is FeeCertainty.EXACT for _, certainty in charged)
    free = fees is None or isinstance(fees, NoFee)
    gone = {level.price: level.size for level in taken}
    rest = [level for level in side if level.size > gone.get(level.price, ZERO)]
    return FillCost(
        size=total,
        average_price=_average(cost, total, action),
        worst_price=taken[-1].price if taken else None,
        cost=cost,
        fees=_sum(amount for amount, _ in charged),
        fees_certainty=FeeCertainty.EXACT if surely or free else FeeCertainty.UPPER_BOUND,
        price_after=rest[0].price if rest else None,
        complete=left == 0,
        available=_sum(level.size for level in within),
        levels=tuple(taken),
    )


def trade_fee(
    schedule: FeeSchedule | None, price: Decimal, size: Decimal, liquidity: Liquidity
) -> tuple[Decimal, FeeCertainty]:
    """The fee of one fill that falls due when it happens; fees of settlement are not among them."""
    if schedule is None or schedule.when is not FeeTime.TRADE or size <= 0:
        return ZERO, FeeCertainty.EXACT
    estimate = schedule.estimate(price, size, liquidity)
    return estimate.amount, estimate.certainty


def _is_worse(price: Decimal, limit: Decimal, action: Action) -> bool:
    return price > limit if action is Action.BUY else price < limit


def _take(
    levels: list[Level], size: Decimal | None, notional: Decimal | None, step: Decimal | None
) -> tuple[list[Level], Decimal]:
    """What is taken from each level, and what of the measure is left over."""
    taken: list[Level] = []
    left = size if size is not None else notional
    assert left is not None
    for level in levels:
        if left <= 0:
            break
        worth = WIDE.multiply(level.size, level.price) if notional is not None else level.size
        if worth <= left:
            taken.append(level)
            left = WIDE.subtract(left, worth)
            continue
        got = left if notional is None else WIDE.divide(left, level.price)
        if notional is not None:
            got = round_to(got, step or Decimal("0.000001"), Rounding.DOWN)
        if got > 0:
            taken.append(Level(price=level.price, size=got))
        left = ZERO  # what buys less than a step is not left undone
    return taken, left


def _average(cost: Decimal, size: Decimal, action: Action) -> Decimal | None:
    """To ten places, rounded against the account."""
    if not size:
        return None
    towards = Rounding.CEILING if action is Action.BUY else Rounding.FLOOR
    return round_to(WIDE.divide(cost, size), Decimal("0.0000000001"), towards)


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for number in numbers:
        total = WIDE.add(total, number)
    return total
