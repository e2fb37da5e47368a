"""Orders and fills.

The venue keeps the exposure that an order seeks, not the words it was given in: selling YES at p
and buying NO at 1 - p are one and the same there.  So what is read is told as a purchase of that
outcome; :mod:`pmi_provider_kalshi.memory` puts the words of this program's own orders back.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from pmi_core.identifiers import GroupRef, MarketRef, OrderRef
from pmi_core.models import (
    Action,
    Fill,
    FillSettlement,
    Liquidity,
    Order,
    OrderStatus,
    OutcomeSide,
    SelfTradePolicy,
    TimeInForce,
)
from pmi_core.numbers import ONE, WIDE, ZERO
from pmi_provider_kalshi.translate.blame import field, reading, word
from pmi_provider_kalshi.translate.numbers import contracts, dollars, moment, price, seconds
from pmi_provider_kalshi.translate.sides import OUTCOMES, side_of
from pmi_provider_kalshi.wire import account, order

__all__ = ["POLICIES", "fill_of", "order_of", "status_of"]

POLICIES: Final = {
    "taker_at_cross": SelfTradePolicy.CANCEL_TAKER,
    "maker": SelfTradePolicy.CANCEL_MAKER,
}
_STATUSES: Final = {"resting": False, "canceled": True, "executed": True}
"""Whether nothing more happens in a status."""


def status_of(filled: Decimal, remaining: Decimal, *, ended: bool, expired: bool = False) -> OrderStatus:
    """The neutral status of an order; what ended with nothing filled or not whole was canceled.

    Args:
        filled: contracts filled.
        remaining: contracts that still work.
        ended: whether the venue says that the order works no more.
        expired: whether its time was over when it ended.
    """
    if not ended and remaining > ZERO:
        return OrderStatus.PARTIAL if filled > ZERO else OrderStatus.OPEN
    return OrderStatus.EXPIRED if expired else OrderStatus.CANCELED


def order_of(row: order.Order, venue: str) -> Order:
    """Translate an order as readings show it.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the order.
    """
    with reading(f"order {row.order_id}", venue):
        outcome = word("outcome_side", OUTCOMES, row.outcome_side)
        _check_sides(row, outcome)
        ended = word("status", _STATUSES, row.status)
        filled = field("fill_count_fp", contracts, row.fill_count_fp)
        remaining = field("remaining_count_fp", contracts, row.remaining_count_fp)
        initial = field("initial_count_fp", contracts, row.initial_count_fp)
        expires, updated = moment(row.expiration_time), moment(row.last_update_time)
        if row.status == "executed":
            status = OrderStatus.FILLED
        else:
            over = expires is not None and updated is not None and updated >= expires
            status = status_of(filled, remaining, ended=ended, expired=over)
        spent = field("taker_fill_cost_dollars", dollars, row.taker_fill_cost_dollars) + field(
            "maker_fill_cost_dollars", dollars, row.maker_fill_cost_dollars
        )
        policy = row.self_trade_prevention_type
        return Order(
            ref=OrderRef.make(venue, row.order_id),
            client_order_id=row.client_order_id or None,
            market_ref=MarketRef.make(venue, row.ticker),
            outcome=outcome,
            action=Action.BUY,
            size=_size(row.status, initial, filled, remaining),
            price=_limit(row, outcome),
            time_in_force=TimeInForce.GTC if expires is None else TimeInForce.GTD,
            expires_at=expires,
            self_trade=word("self_trade_prevention_type", POLICIES, policy) if policy else None,
            group_ref=GroupRef.make(venue, row.order_group_id) if row.order_group_id else None,
            status=status,
            filled=filled,
            remaining=ZERO if ended else remaining,
            filled_notional=spent if filled else None,
            average_price=_average(spent, filled),
            fees=field("taker_fees_dollars", dollars, row.taker_fees_dollars)
            + field("maker_fees_dollars", dollars, row.maker_fees_dollars),
            created_time=moment(row.created_time),
            updated_time=updated,
        )


def _check_sides(row: order.Order | account.Fill, outcome: OutcomeSide) -> None:
    """See that a row does not contradict itself on what was bought, and for how much."""
    side = row.book_side
    if side is not None and side != side_of(outcome, Action.BUY):
        raise ValueError(f"outcome_side {row.outcome_side!r} and book_side {side!r} contradict each other")
    yes = field("yes_price_dollars", price, row.yes_price_dollars)
    no = field("no_price_dollars", price, row.no_price_dollars)
    if yes + no != ONE:
        raise ValueError(f"yes_price_dollars and no_price_dollars make {yes + no}, not 1")


def _size(status: str, initial: Decimal, filled: Decimal, remaining: Decimal) -> Decimal:
    """What was asked for in the end: an order may have been made smaller since it began."""
    if status == "executed":
        return filled
    return filled + remaining if status == "resting" else initial


def _limit(row: order.Order, outcome: OutcomeSide) -> Decimal:
    if outcome is OutcomeSide.YES:
        return field("yes_price_dollars", price, row.yes_price_dollars)
    return field("no_price_dollars", price, row.no_price_dollars)


def _average(spent: Decimal, filled: Decimal) -> Decimal | None:
    if not filled:
        return None
    found = WIDE.divide(spent, filled).quantize(Decimal("0.000001"), context=WIDE).normalize(WIDE)
    if not ZERO <= found <= ONE:
        raise ValueError(f"the fills cost {spent} for {filled} contracts, which is no price of a contract")
    return found


def fill_of(row: account.Fill, venue: str) -> Fill:
    """Translate a fill; without a word on the order it is told as a purchase of the outcome.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the fill.
    """
    with reading(f"fill {row.trade_id}", venue):
        outcome = word("outcome_side", OUTCOMES, row.outcome_side)
        _check_sides(row, outcome)
        yes = field("yes_price_dollars", price, row.yes_price_dollars)
        no = field("no_price_dollars", price, row.no_price_dollars)
        return Fill(
            trade_id=row.trade_id,
            order_ref=OrderRef.make(venue, row.order_id),
            market_ref=MarketRef.make(venue, row.ticker),
            outcome=outcome,
            action=Action.BUY,
            price=yes if outcome is OutcomeSide.YES else no,
            size=field("count_fp", contracts, row.count_fp),
            fee=field("fee_cost", dollars, row.fee_cost),
            liquidity=Liquidity.TAKER if row.is_taker else Liquidity.MAKER,
            settlement=FillSettlement.CONFIRMED,
            time=_time(row),
        )


def _time(row: account.Fill) -> datetime:
    time = moment(row.created_time)
    if time is None and row.ts is not None:
        time = field("ts", seconds, row.ts)
    if time is None:
        raise ValueError("created_time is missing")
    return time
