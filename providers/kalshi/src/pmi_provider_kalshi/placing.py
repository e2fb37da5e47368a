"""Between a neutral order and the venue's: what is sent, and what its answer means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pmi_core.errors import BelowMinimum, InvalidOrder, OffGrid
from pmi_core.identifiers import OrderRef
from pmi_core.models import (
    Action,
    Order,
    OrderRequest,
    OrderStatus,
    OutcomeSide,
    SelfTradePolicy,
    TimeInForce,
)
from pmi_core.numbers import ONE, WIDE, ZERO, Rounding, round_to
from pmi_provider_kalshi.translate.blame import field, reading
from pmi_provider_kalshi.translate.markets import SIZE_STEP
from pmi_provider_kalshi.translate.numbers import can_be_sent, contracts, dollars, fixed, milliseconds, price
from pmi_provider_kalshi.translate.orders import status_of
from pmi_provider_kalshi.translate.sides import side_of, turned
from pmi_provider_kalshi.wire.order import Amended, Created, CreateOrder

__all__ = ["amended", "count_text", "created", "price_text", "size_of", "written"]

_TIMES: Final = {
    TimeInForce.GTC: "good_till_canceled",
    TimeInForce.GTD: "good_till_canceled",
    TimeInForce.IOC: "immediate_or_cancel",
    TimeInForce.FOK: "fill_or_kill",
}
_POLICIES: Final = {
    SelfTradePolicy.CANCEL_TAKER: "taker_at_cross",
    SelfTradePolicy.CANCEL_MAKER: "maker",
}
_FINEST: Final = 4
"""Decimals of a price on the wire."""
_GRID: Final = "take a price of the market's price grid"


def size_of(request: OrderRequest) -> Decimal:
    """How many contracts an order is for; an amount of money buys what it pays for at the limit.

    Raises:
        BelowMinimum: no contract can be had for it, or the size is between two steps.
        InvalidOrder: a sale for an amount of money, which the venue does not know, or no amount at all.
    """
    if request.size is not None:
        return request.size
    assert request.notional is not None  # one of the two is given
    if request.action is Action.SELL:
        raise InvalidOrder(
            "the venue sells contracts, not amounts of money", hint="give size instead of notional"
        )
    try:
        return round_to(WIDE.divide(request.notional, request.price), SIZE_STEP, Rounding.FLOOR)
    except ArithmeticError:
        raise InvalidOrder(
            f"{request.notional} dollars at {request.price} buy no number of contracts",
            hint="give a size in hundredths of a contract",
        ) from None


def count_text(size: Decimal) -> str:
    """Write a number of contracts as the venue takes it.

    Raises:
        BelowMinimum: it is less than a hundredth, or between two hundredths.
        InvalidOrder: it is no number, or one that the venue's numbers cannot hold.
    """
    try:
        text = fixed(size, 2)
    except ValueError as error:
        told = f"{error}; contracts come in multiples of {SIZE_STEP}, the smallest number the venue takes"
        kind = BelowMinimum if can_be_sent(size) else InvalidOrder
        raise kind(told, hint=f"give a multiple of {SIZE_STEP}") from None
    if size < SIZE_STEP:
        raise BelowMinimum(
            f"{text} contracts are not a multiple of {SIZE_STEP}, the smallest number the venue takes",
            hint=f"give {SIZE_STEP} contracts or more",
        )
    return text


def price_text(limit: Decimal, outcome: OutcomeSide) -> str:
    """Write a limit price of an outcome as the venue takes it, in YES dollars.

    Raises:
        OffGrid: it is finer than any grid of the venue, or not strictly between 0 and 1.
    """
    try:
        text = fixed(limit, _FINEST)
    except ValueError as error:
        raise OffGrid(
            f"no limit price of the venue, which takes none finer than a hundredth of a cent: {error}",
            hint=_GRID,
        ) from None
    if not ZERO < limit < ONE:
        raise OffGrid(f"{text} is not strictly between 0 and 1 dollars", hint=_GRID)
    return fixed(turned(limit, outcome), _FINEST)


def written(request: OrderRequest, venue: str, subaccount: int | None) -> CreateOrder:
    """The body that places an order.

    Raises:
        InvalidOrder: the order breaks a rule that every market of the venue has.
        RequestError: the order is for another venue.
    """
    if request.reduce_only and request.time_in_force is not TimeInForce.IOC:
        raise InvalidOrder(
            "the venue takes reduce-only orders only as immediate-or-cancel",
            hint="set time_in_force to ioc, or leave reduce_only out",
        )
    expires = request.expires_at
    return CreateOrder(
        ticker=request.market_ref.at(venue),
        client_order_id=request.client_order_id,
        side=side_of(request.outcome, request.action),
        count=count_text(size_of(request)),
        price=price_text(request.price, request.outcome),
        time_in_force=_TIMES[request.time_in_force],
        self_trade_prevention_type=_POLICIES[request.self_trade],
        expiration_time=None if expires is None else int(expires.timestamp()),
        post_only=request.post_only or None,
        reduce_only=request.reduce_only or None,
        subaccount=subaccount,
        order_group_id=None if request.group_ref is None else request.group_ref.at(venue),
    )


def created(request: OrderRequest, answer: Created, venue: str) -> Order:
    """The order as the venue acknowledged it; fees are to the four decimals a contract that it tells.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents.
    """
    size = size_of(request)
    with reading(f"order {answer.order_id}", venue):
        if answer.client_order_id not in (None, "", request.client_order_id):
            raise ValueError(f"client_order_id is {answer.client_order_id[:64]!r}, which nobody asked for")
        filled = field("fill_count", contracts, answer.fill_count)
        remaining = field("remaining_count", contracts, answer.remaining_count)
        if filled + remaining > size:
            raise ValueError(f"{filled} filled and {remaining} remaining are more than the {size} asked for")
        at = field("ts_ms", milliseconds, answer.ts_ms)
        average, fees = _averages(answer, filled, request.outcome, request.action, request.price)
        ended = remaining == ZERO
        return Order(
            ref=OrderRef.make(venue, answer.order_id),
            client_order_id=answer.client_order_id or request.client_order_id,
            market_ref=request.market_ref,
            outcome=request.outcome,
            action=request.action,
            size=size,
            notional=request.notional,
            price=request.price,
            time_in_force=request.time_in_force,
            expires_at=request.expires_at,
            post_only=request.post_only,
            reduce_only=request.reduce_only,
            self_trade=request.self_trade,
            group_ref=request.group_ref,
            status=OrderStatus.FILLED if filled == size else status_of(filled, remaining, ended=ended),
            filled=filled,
            remaining=remaining,
            average_price=average,
            fees=fees,
            created_time=at,
            updated_time=at,
        )


def amended(order: Order, answer: Amended, venue: str, *, limit: Decimal, size: Decimal) -> Order:
    """The order after a change of price and total size.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents.
    """
    with reading(f"order {answer.order_id}", venue):
        more = ZERO if answer.fill_count is None else field("fill_count", contracts, answer.fill_count)
        if answer.remaining_count is None:
            filled = order.filled + more
            remaining = size - filled
        else:
            remaining = field("remaining_count", contracts, answer.remaining_count)
            filled = size - remaining if remaining else order.filled + more
        if remaining < ZERO or filled < ZERO or filled > size:
            raise ValueError(f"{filled} filled and {remaining} remaining do not make {size}")
        at = field("ts_ms", milliseconds, answer.ts_ms)
        changes: dict[str, Any] = {
            "price": limit,
            "size": size,
            "filled": filled,
            "remaining": remaining,
            "status": OrderStatus.FILLED
            if filled == size
            else status_of(filled, remaining, ended=remaining == ZERO),
            "updated_time": at,
        }
        if answer.client_order_id:
            changes["client_order_id"] = answer.client_order_id
        return order.model_copy(update=changes)


def _averages(
    answer: Created, filled: Decimal, outcome: OutcomeSide, action: Action, limit: Decimal
) -> tuple[Decimal | None, Decimal]:
    """Average price in terms of the outcome, and fees; the venue tells the price in YES dollars."""
    if not filled:
        return None, ZERO
    if answer.average_fill_price is None:
        raise ValueError("average_fill_price is missing although something filled")
    told = field("average_fill_price", price, answer.average_fill_price)
    average = turned(told, outcome)
    if (average > limit) if action is Action.BUY else (average < limit):
        # No fill is worse than its limit, so this average is in terms of the outcome already.
        average = told
    fee = (
        ZERO
        if answer.average_fee_paid is None
        else field("average_fee_paid", dollars, answer.average_fee_paid)
    )
    return average, WIDE.multiply(fee, filled)
