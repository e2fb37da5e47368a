"""What the stream says, in the words of the readings: rows are made alike and translated by one function.

So an order, a fill or a position that is heard is told exactly as one that is read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    Fill,
    LifecycleKind,
    LifecycleUpdate,
    Order,
    OrderStatus,
    Outcome,
    OutcomeSide,
    Position,
    TickerUpdate,
    Trade,
)
from pmi_core.numbers import ONE, plain
from pmi_provider_kalshi.translate import account as accounts
from pmi_provider_kalshi.translate import orders, trades
from pmi_provider_kalshi.translate.blame import field, reading
from pmi_provider_kalshi.translate.numbers import count, milliseconds, number, quote, size
from pmi_provider_kalshi.wire import account, frames, order
from pmi_provider_kalshi.wire import trade as wire_trade

__all__ = ["Labels", "fill", "kind_of", "lifecycle", "order_heard", "position", "ticker", "trade"]

Labels = tuple[str, str]
"""What YES and NO are called."""

_KINDS: Final = {
    "created": LifecycleKind.CREATED,
    "deactivated": LifecycleKind.PAUSED,
    "activated": LifecycleKind.RESUMED,
    "close_date_updated": LifecycleKind.CLOSE_TIME_CHANGED,
    "determined": LifecycleKind.DETERMINED,
    "settled": LifecycleKind.SETTLED,
    "price_level_structure_updated": LifecycleKind.GRID_CHANGED,
}


def ticker(
    row: frames.Ticker, labels: Labels, ref: MarketRef, received: datetime, venue: str
) -> TickerUpdate:
    """Translate prices and counts; a price without contracts behind it is none.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the market.
    """
    with reading(f"ticker of {row.market_ticker}", venue):
        yes_bid, no_ask = field("yes_bid_dollars", quote, row.yes_bid_dollars)
        yes_ask, no_bid = field("yes_ask_dollars", quote, row.yes_ask_dollars)
        yes_last, no_last = field("price_dollars", quote, row.price_dollars)
        bid_size = field("yes_bid_size_fp", size, row.yes_bid_size_fp)
        ask_size = field("yes_ask_size_fp", size, row.yes_ask_size_fp)
        if yes_bid is None or bid_size is None:
            yes_bid = no_ask = bid_size = None
        if yes_ask is None or ask_size is None:
            yes_ask = no_bid = ask_size = None
        return TickerUpdate(
            market_ref=ref,
            yes=Outcome(
                label=labels[0],
                polarity=OutcomeSide.YES,
                bid=yes_bid,
                ask=yes_ask,
                bid_size=bid_size,
                ask_size=ask_size,
                last=yes_last,
            ),
            no=Outcome(
                label=labels[1],
                polarity=OutcomeSide.NO,
                bid=no_bid,
                ask=no_ask,
                bid_size=ask_size,
                ask_size=bid_size,
                last=no_last,
            ),
            volume=field("volume_fp", count, row.volume_fp),
            open_interest=field("open_interest_fp", count, row.open_interest_fp),
            venue_time=None if row.ts_ms is None else milliseconds(row.ts_ms),
            received_time=received,
        )


def trade(row: frames.Trade, venue: str) -> Trade:
    """Translate a public trade.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the trade.
    """
    read = wire_trade.Trade(
        trade_id=row.trade_id,
        ticker=row.market_ticker,
        count_fp=row.count_fp,
        yes_price_dollars=row.yes_price_dollars,
        taker_outcome_side=row.taker_outcome_side,
        created_time=milliseconds(row.ts_ms),
        is_block_trade=row.is_block_trade,
    )
    return trades.trade(read, venue)


def _other(text: str) -> str:
    """The price of the other outcome."""
    return plain(ONE - number(text))


def _moment(finest: datetime | None, stamp: int | None) -> datetime | None:
    """The text where there is one: it has more decimals than the stamp."""
    if finest is not None:
        return finest
    return None if stamp is None else milliseconds(stamp)


def order_heard(row: frames.Order, venue: str) -> Order:
    """Translate an order.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the order.
    """
    with reading(f"order {row.order_id}", venue):
        unknown = row.status == "unknown"
        read = order.Order(
            order_id=row.order_id,
            ticker=row.ticker,
            outcome_side=row.outcome_side,
            status="resting" if unknown else row.status,
            yes_price_dollars=row.yes_price_dollars,
            no_price_dollars=field("yes_price_dollars", _other, row.yes_price_dollars),
            fill_count_fp=row.fill_count_fp,
            remaining_count_fp=row.remaining_count_fp,
            initial_count_fp=row.initial_count_fp,
            taker_fill_cost_dollars=row.taker_fill_cost_dollars,
            maker_fill_cost_dollars=row.maker_fill_cost_dollars,
            taker_fees_dollars=row.taker_fees_dollars,
            maker_fees_dollars=row.maker_fees_dollars,
            client_order_id=row.client_order_id,
            expiration_time=_moment(row.expiration_time, row.expiration_ts_ms),
            created_time=_moment(row.created_time, row.created_ts_ms),
            last_update_time=_moment(row.last_update_time, row.last_updated_ts_ms),
            self_trade_prevention_type=row.self_trade_prevention_type,
            order_group_id=row.order_group_id,
            subaccount_number=row.subaccount_number,
            exchange_index=row.exchange_index,
        )
    found = orders.order_of(read, venue)
    return found.model_copy(update={"status": OrderStatus.UNKNOWN}) if unknown else found


def fill(row: frames.Fill, venue: str) -> Fill:
    """Translate an execution of the account's.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the fill.
    """
    with reading(f"fill {row.trade_id}", venue):
        read = account.Fill(
            trade_id=row.trade_id,
            order_id=row.order_id,
            ticker=row.market_ticker,
            outcome_side=row.outcome_side,
            count_fp=row.count_fp,
            yes_price_dollars=row.yes_price_dollars,
            no_price_dollars=field("yes_price_dollars", _other, row.yes_price_dollars),
            is_taker=row.is_taker,
            fee_cost=row.fee_cost,
            created_time=milliseconds(row.ts_ms),
        )
    found = orders.fill_of(read, venue)
    return found.model_copy(update={"client_order_id": row.client_order_id or None})


def position(row: frames.Position, received: datetime, venue: str) -> Position:
    """Translate what the account holds of a market.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the market.
    """
    read = account.MarketPosition(
        ticker=row.market_ticker,
        position_fp=row.position_fp,
        market_exposure_dollars=row.position_cost_dollars,
        realized_pnl_dollars=row.realized_pnl_dollars,
        fees_paid_dollars=row.fees_paid_dollars,
        total_traded_dollars="0",
    )
    return accounts.position(read, received, venue)


def kind_of(event_type: str) -> LifecycleKind | None:
    """What happened, in neutral words; None where they have none for it, as for a changed title."""
    return _KINDS.get(event_type)


def lifecycle(row: frames.Lifecycle, kind: LifecycleKind, received: datetime, venue: str) -> LifecycleUpdate:
    """Translate what happened to a market.

    Raises:
        UnexpectedAnswer: the ticker names no market.
    """
    with reading(f"lifecycle of {row.market_ticker}", venue):
        ref = MarketRef.make(venue, row.market_ticker)
    return LifecycleUpdate(kind=kind, market_ref=ref, received_time=received)
