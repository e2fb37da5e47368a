"""Records of the engine turned into the views that readers get."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pmi_core.exchange.book import Book
from pmi_core.exchange.events import PositionSettled, Traded
from pmi_core.exchange.group import Group
from pmi_core.exchange.holding import Holding
from pmi_core.exchange.market import Market
from pmi_core.exchange.order import Order
from pmi_core.exchange.quotes import Quote, Rfq
from pmi_core.exchange.units import from_money, from_units
from pmi_core.exchange.views import (
    FillView,
    GroupView,
    MarketView,
    OrderView,
    PositionView,
    QuoteView,
    RfqView,
    SettlementView,
)
from pmi_core.models.fees import Liquidity
from pmi_core.models.market import MarketResult, MarketStatus, OutcomeSide
from pmi_core.models.order import OrderStatus

__all__ = [
    "fill_view",
    "group_view",
    "market_view",
    "order_view",
    "position_view",
    "quote_view",
    "rfq_view",
    "settlement_view",
]


def _per(money: int, size: int) -> Decimal:
    """Money a contract, exact as far as Decimal's 28 digits go."""
    return from_money(money) / from_units(size)


def order_view(order: Order) -> OrderView:
    """An order as readers see it."""
    asked = order.asked
    status = order.status
    if status is None:
        status = OrderStatus.PARTIAL if order.filled else OrderStatus.OPEN
    return OrderView(
        order.id,
        order.account,
        order.market.id,
        order.client_id,
        asked.outcome,
        asked.action,
        from_units(order.size),
        asked.notional,
        from_units(order.own_price),
        order.time_in_force,
        order.expires_at,
        asked.post_only,
        order.reduce_only,
        asked.self_trade,
        order.group.id if order.group is not None else None,
        status,
        from_units(order.filled),
        from_units(order.remaining),
        from_units(order.size - order.filled - order.remaining),
        from_money(order.spent),
        _per(order.spent, order.filled) if order.filled else None,
        from_money(order.fees),
        order.cancel_reason,
        order.created,
        order.updated,
    )


def fill_view(trade: Traded, order: Order) -> FillView:
    """One side of a trade; the other party is not told."""
    taker = trade.taker_order_id == order.id
    outcome = trade.taker_outcome if taker else trade.maker_outcome
    return FillView(
        trade.seq,
        trade.trade_id,
        order.id,
        order.client_id,
        order.account,
        trade.market_id,
        outcome,
        trade.taker_action if taker else trade.maker_action,
        trade.price if outcome is OutcomeSide.YES else 1 - trade.price,
        trade.size,
        trade.taker_fee if taker else trade.maker_fee,
        Liquidity.TAKER if taker else Liquidity.MAKER,
        trade.off_book,
        trade.time,
    )


def position_view(holding: Holding) -> PositionView:
    """What is held; YES with size 0 where nothing is."""
    size = abs(holding.size)
    return PositionView(
        holding.account,
        holding.market.id,
        OutcomeSide.NO if holding.size < 0 else OutcomeSide.YES,
        from_units(size),
        from_money(holding.cost),
        _per(holding.cost, size) if size else None,
        from_money(holding.realized),
        from_money(holding.fees),
        from_units(holding.traded),
    )


def settlement_view(settled: PositionSettled, market: Market) -> SettlementView:
    """A payout as readers see it."""
    value = market.value
    void = settled.result is MarketResult.VOID
    return SettlementView(
        settled.seq,
        settled.account,
        settled.market_id,
        settled.result,
        None if void or value is None else from_units(value),
        settled.outcome,
        settled.size,
        settled.cost,
        settled.payout,
        settled.fee,
        settled.time,
    )


def market_view(market: Market, book: Book) -> MarketView:
    """A market as readers see it; a curve's best prices are its marginal price on both sides."""
    bid, ask = (side.best() for side in book)
    marginal = None
    if market.curve is not None and market.status is MarketStatus.OPEN:
        marginal = market.curve.price()
    return MarketView(
        market.id,
        market.spec,
        market.status,
        market.trading,
        market.close_time,
        from_units(bid.price) if bid is not None else marginal,
        from_units(bid.size) if bid is not None else None,
        from_units(ask.price) if ask is not None else marginal,
        from_units(ask.size) if ask is not None else None,
        market.last,
        from_units(market.volume),
        from_units(market.open_interest),
        market.result,
        from_units(market.value) if market.value is not None else None,
        market.settled_time,
        market.legs,
    )


def group_view(group: Group, now: datetime) -> GroupView:
    """A group as readers see it."""
    return GroupView(
        group.id,
        group.account,
        from_units(group.limit),
        int(group.window.total_seconds()),
        from_units(group.used_at(now)),
        group.triggered,
        tuple(group.orders),
    )


def rfq_view(rfq: Rfq) -> RfqView:
    """A request as readers see it."""
    return RfqView(
        rfq.id,
        rfq.account.id,
        rfq.market.id,
        from_units(rfq.size) if rfq.size is not None else None,
        from_money(rfq.notional) if rfq.notional is not None else None,
        rfq.rest_remainder,
        rfq.status,
        rfq.created,
        rfq.closed,
    )


def quote_view(quote: Quote) -> QuoteView:
    """A quote as readers see it."""
    return QuoteView(
        quote.id,
        quote.rfq.id,
        quote.account.id,
        quote.rfq.account.id,
        quote.rfq.market.id,
        from_units(quote.yes_bid) if quote.yes_bid is not None else None,
        from_units(quote.no_bid) if quote.no_bid is not None else None,
        from_units(quote.size) if quote.size is not None else None,
        quote.rest_remainder,
        quote.status,
        quote.side,
        quote.reason,
        quote.maker_order,
        quote.asker_order,
        quote.created,
        quote.accepted,
        quote.confirmed,
        quote.updated,
    )
