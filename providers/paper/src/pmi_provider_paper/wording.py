"""From records of the account to neutral models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pmi_core.identifiers import EventRef, GroupRef, MarketRef, OrderRef, QuoteRef, RfqRef
from pmi_core.models import (
    Balance,
    Fill,
    Order,
    OrderGroup,
    OutcomeSide,
    Position,
    Quote,
    Rfq,
    RfqStatus,
    Settlement,
)
from pmi_core.numbers import ONE, ZERO
from pmi_provider_paper.records import (
    FillRecord,
    GroupRecord,
    OrderRecord,
    PositionRecord,
    QuoteRecord,
    RfqRecord,
    SettlementRecord,
)

__all__ = ["balance", "fill", "group", "order", "position", "quote", "rfq", "settlement"]


def order(venue: str, row: OrderRecord, client_id: str | None = None) -> Order:
    """An order; ``client_id`` stands in where the exchange keeps none."""
    average = None
    if row.filled > 0:
        average = min(max(row.filled_notional / row.filled, ZERO), ONE)
    return Order(
        ref=OrderRef.make(venue, row.id),
        client_order_id=row.client_id if row.client_id is not None else client_id,
        market_ref=MarketRef.make(venue, row.market),
        outcome=row.outcome,
        action=row.action,
        size=row.size,
        notional=row.notional,
        price=row.price,
        time_in_force=row.time_in_force,
        expires_at=row.expires_at,
        post_only=row.post_only,
        reduce_only=row.reduce_only,
        self_trade=row.self_trade,
        group_ref=None if row.group is None else GroupRef.make(venue, row.group),
        status=row.status,
        filled=row.filled,
        remaining=row.remaining,
        filled_notional=row.filled_notional,
        average_price=average,
        fees=row.fees,
        reject_reason=row.reject_reason,
        created_time=row.created,
        updated_time=row.updated,
    )


def fill(venue: str, row: FillRecord) -> Fill:
    """A fill."""
    return Fill(
        trade_id=row.id,
        order_ref=OrderRef.make(venue, row.order),
        client_order_id=row.client_id,
        market_ref=MarketRef.make(venue, row.market),
        outcome=row.outcome,
        action=row.action,
        price=row.price,
        size=row.size,
        fee=row.fee,
        liquidity=row.liquidity,
        settlement=row.settlement,
        time=row.time,
    )


def position(venue: str, row: PositionRecord, mark: Decimal | None, now: datetime) -> Position:
    """A position; ``mark`` is in terms of its outcome."""
    return Position(
        market_ref=MarketRef.make(venue, row.id),
        event_ref=EventRef.make(venue, row.event),
        outcome=row.outcome,
        size=row.size,
        average_price=row.average_price if row.size else None,
        cost=row.cost,
        realized_pnl=row.realized_pnl,
        fees=row.fees,
        mark=mark if row.size else None,
        as_of=now,
    )


def settlement(venue: str, row: SettlementRecord) -> Settlement:
    """A settlement."""
    yes = row.outcome is OutcomeSide.YES
    return Settlement(
        market_ref=MarketRef.make(venue, row.id),
        event_ref=EventRef.make(venue, row.event),
        result=row.result,
        settlement_value=row.value,
        yes_size=row.size if yes else ZERO,
        no_size=ZERO if yes else row.size,
        cost=row.cost,
        payout=row.payout,
        fees=row.fees,
        time=row.time,
    )


def balance(total: Decimal, reserved: Decimal, now: datetime) -> Balance:
    """Cash."""
    return Balance(currency="USD", total=total, available=total - reserved, reserved=reserved, as_of=now)


def group(venue: str, row: GroupRecord, orders: tuple[str, ...]) -> OrderGroup:
    """An order group with the records' ids of its open orders."""
    return OrderGroup(
        ref=GroupRef.make(venue, row.id),
        limit=row.limit,
        window_seconds=row.window_seconds,
        triggered=row.triggered,
        orders=tuple(OrderRef.make(venue, name) for name in orders),
    )


def rfq(venue: str, row: RfqRecord, *, mine: bool) -> Rfq:
    """A request for quotes."""
    return Rfq(
        ref=RfqRef.make(venue, row.id),
        market_ref=MarketRef.make(venue, row.market),
        size=row.size,
        notional=row.notional,
        status=row.status if row.closed is None else RfqStatus.CLOSED,
        mine=mine,
        rest_remainder=row.rest_remainder,
        created_time=row.created,
        closed_time=row.closed,
    )


def quote(venue: str, row: QuoteRecord) -> Quote:
    """A quote."""
    return Quote(
        ref=QuoteRef.make(venue, row.id),
        rfq_ref=RfqRef.make(venue, row.rfq),
        market_ref=MarketRef.make(venue, row.market),
        yes_bid=row.yes_bid,
        no_bid=row.no_bid,
        size=row.size,
        status=row.status,
        mine=row.mine,
        accepted_side=row.accepted_side,
        order_ref=None if row.order is None else OrderRef.make(venue, row.order),
        created_time=row.created,
        updated_time=row.updated,
    )
