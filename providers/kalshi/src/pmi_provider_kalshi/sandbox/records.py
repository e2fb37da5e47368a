"""The member's books: orders, fills, positions, settlements and money, written as the engine tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from pmi_core.exchange.events import (
    CancelReason,
    CashMoved,
    Event,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    PositionSettled,
    Traded,
)
from pmi_core.exchange.views import OrderView
from pmi_core.models import MarketResult, OutcomeSide
from pmi_provider_kalshi.sandbox.floor import Floor
from pmi_provider_kalshi.sandbox.lagging import Lagging
from pmi_provider_kalshi.sandbox.names import Names, place_of
from pmi_provider_kalshi.sandbox.rows.orders import FillSide, OrderNote, fill_row, order_row
from pmi_provider_kalshi.sandbox.writing import cents, count, micro_dollars, stamp

__all__ = ["Reasons", "Records"]

_ZERO: Final = Decimal(0)
_REASONS: Final = {
    CancelReason.REQUEST: None,
    CancelReason.UNFILLED: None,
    CancelReason.SELF_TRADE: "SelfTradeCancel",
    CancelReason.EXPIRY: "ExpiryCancel",
    CancelReason.CLOSE: "CloseCancel",
    CancelReason.PAUSE: "HaltCancel",
    CancelReason.GROUP: None,
    CancelReason.REDUCE_ONLY: "ReduceOnlyCancel",
}

Reasons = dict[str, str | None]
"""Why each touched order changed, by the engine's id."""


@dataclass(slots=True)
class _Tally:
    """What an account did in a market over its life."""

    money: Decimal = _ZERO
    shares: Decimal = _ZERO
    yes_cost: Decimal = _ZERO
    no_cost: Decimal = _ZERO
    touched: datetime | None = None
    fees: Decimal = _ZERO


@dataclass(slots=True)
class _Batch:
    """What one command touched."""

    orders: Reasons = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    positions: dict[tuple[str, str], None] = field(default_factory=dict)
    fills: list[dict[str, Any]] = field(default_factory=list)


Watcher = Callable[[str, dict[str, Any], str], None]
"""Hears of ``order``, ``fill`` and ``position`` rows, each with the reason or an empty text."""


class Records:
    """What private reads answer with; the newest versions go to the private channels at once."""

    def __init__(self, floor: Floor, names: Names, lag: timedelta) -> None:
        self._floor = floor
        self._names = names
        self.notes: dict[str, OrderNote] = {}
        self.client_ids: set[str] = set()
        self.orders: Lagging[dict[str, Any]] = Lagging(lag)
        self.fills: Lagging[dict[str, Any]] = Lagging(lag)
        self.positions: Lagging[dict[str, Any]] = Lagging(lag)
        self.balances: Lagging[tuple[Decimal, datetime]] = Lagging(lag)
        self.settlements: Lagging[dict[str, Any]] = Lagging(lag)
        self._tallies: dict[tuple[str, str], _Tally] = {}
        self.watchers: list[Watcher] = []
        floor.engine.subscribe(self._hear)
        for account in floor.engine.accounts():
            if place_of(account) is not None:
                self._write_balance(account, floor.start)

    # ---------------------------------------------------------------------------------- hearing

    def _hear(self, events: Iterable[Event]) -> None:
        batch = _Batch()
        now = self._floor.start
        for event in events:
            now = event.time
            if isinstance(event, OrderAccepted | OrderAmended | OrderCanceled):
                if place_of(event.account) is not None:
                    self._note_order(event, batch)
            elif isinstance(event, Traded):
                self._note_trade(event, batch)
            elif isinstance(event, CashMoved):
                batch.accounts.add(event.account)
            elif isinstance(event, PositionSettled) and place_of(event.account) is not None:
                self._note_settlement(event, batch)
        if batch.orders or batch.accounts or batch.positions:
            self._write(batch, now)

    @staticmethod
    def _note_order(event: OrderAccepted | OrderAmended | OrderCanceled, batch: _Batch) -> None:
        reason: str | None = None
        if isinstance(event, OrderAmended):
            reason = "Amend"
        elif isinstance(event, OrderCanceled):
            reason = _REASONS[event.reason]
        batch.orders[event.order_id] = reason
        batch.accounts.add(event.account)

    def _note_trade(self, trade: Traded, batch: _Batch) -> None:
        for taker in (True, False):
            account = trade.taker_account if taker else trade.maker_account
            place = place_of(account)
            order_id = trade.taker_order_id if taker else trade.maker_order_id
            if place is None or order_id is None:
                continue
            outcome = trade.taker_outcome if taker else trade.maker_outcome
            fee = trade.taker_fee if taker else trade.maker_fee
            cost = trade.size * (trade.price if outcome is OutcomeSide.YES else 1 - trade.price)
            self.note(order_id).filled(cost, fee, taker=taker)
            tally = self._tallies.setdefault((account, trade.market_id), _Tally())
            tally.money += cost
            tally.shares += trade.size
            tally.fees += fee
            tally.touched = trade.time
            if outcome is OutcomeSide.YES:
                tally.yes_cost += cost
            else:
                tally.no_cost += cost
            batch.orders.setdefault(order_id, None)
            batch.orders[order_id] = batch.orders[order_id] or "Trade"
            batch.accounts.add(account)
            batch.positions[account, trade.market_id] = None
            row = fill_row(trade, FillSide(order_id, outcome, fee, taker), place, self._names)
            batch.fills.append(row)

    def note(self, order_id: str) -> OrderNote:
        """What is known of an order beside what the engine keeps."""
        return self.notes.setdefault(order_id, OrderNote())

    def _note_settlement(self, event: PositionSettled, batch: _Batch) -> None:
        place = place_of(event.account)
        assert place is not None
        batch.accounts.add(event.account)
        batch.positions[event.account, event.market_id] = None
        tally = self._tallies.setdefault((event.account, event.market_id), _Tally())
        tally.touched = event.time
        yes = event.outcome is OutcomeSide.YES
        value = self._floor.engine.market(event.market_id).value
        known = self._floor.calendar.markets.get(event.market_id)
        result = event.result.value
        row = {
            "ticker": event.market_id,
            "exchange_index": place[1],
            "event_ticker": known[0].ticker if known is not None else event.market_id,
            "market_result": result if event.result in (MarketResult.YES, MarketResult.NO) else "scalar",
            "yes_count_fp": count(event.size if yes else _ZERO),
            "yes_total_cost_dollars": micro_dollars(event.cost if yes else _ZERO),
            "no_count_fp": count(_ZERO if yes else event.size),
            "no_total_cost_dollars": micro_dollars(_ZERO if yes else event.cost),
            "revenue": cents(event.payout),
            "settled_time": stamp(event.time),
            "fee_cost": micro_dollars(event.fee),
            "value": None if value is None else cents(value),
            "_place": place,
            "_time": event.time,
        }
        self.settlements.put(f"{event.account}.{event.market_id}.{event.seq}", row, event.time)

    # ---------------------------------------------------------------------------------- writing

    def _write(self, batch: _Batch, now: datetime) -> None:
        for row in batch.fills:
            key = f"{row['trade_id']}.{row['order_id']}"
            self.fills.put(key, row, now)
            self._tell("fill", row, "")
        for order_id, reason in batch.orders.items():
            row = self.order_of(self._floor.engine.order(order_id))
            self.orders.put(order_id, row, now)
            self._tell("order", row, reason or "")
        for account, ticker in batch.positions:
            row = self._position(account, ticker, now)
            self.positions.put(f"{account}.{ticker}", row, now)
            self._tell("position", row, "")
        for account in batch.accounts:
            if place_of(account) is not None:
                self._write_balance(account, now)

    def _tell(self, kind: str, row: dict[str, Any], reason: str) -> None:
        for watcher in self.watchers:
            watcher(kind, row, reason)

    def _write_balance(self, account: str, now: datetime) -> None:
        available = self._floor.engine.balance(account).available
        self.balances.put(account, (available, now), now)

    def open(self, account: str, now: datetime) -> None:
        """An account of the member exists."""
        self._write_balance(account, now)

    def order_of(self, order: OrderView) -> dict[str, Any]:
        """An order as it stands, without the lag."""
        place = place_of(order.account)
        assert place is not None
        return order_row(order, self.note(order.id), place, self._names)

    def _position(self, account: str, ticker: str, now: datetime) -> dict[str, Any]:
        place = place_of(account)
        assert place is not None
        held = self._floor.engine.position(account, ticker)
        tally = self._tallies[account, ticker]
        size = cost = pnl = _ZERO
        if held is not None:
            size = held.size if held.outcome is OutcomeSide.YES else -held.size
            cost, pnl = held.cost, held.realized_pnl
        known = self._floor.calendar.markets.get(ticker)
        return {
            "ticker": ticker,
            "exchange_index": place[1],
            "total_traded_dollars": micro_dollars(tally.money),
            "position_fp": count(size),
            "market_exposure_dollars": micro_dollars(cost),
            "realized_pnl_dollars": micro_dollars(pnl),
            "fees_paid_dollars": micro_dollars(tally.fees),
            "last_updated_ts": stamp(now),
            "_place": place,
            "_event": known[0].ticker if known is not None else ticker,
            "_shares": tally.shares,
            "_volume": tally.shares,
        }
