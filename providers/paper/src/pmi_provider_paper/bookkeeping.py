"""From the engine's events to records: what happened to the account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from pmi_core.exchange.commands import AnyCommand, DecreaseOrder
from pmi_core.exchange.events import (
    CancelReason,
    Commanded,
    Event,
    GroupChange,
    GroupChanged,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    PositionSettled,
    Traded,
)
from pmi_core.models import (
    FillSettlement,
    Liquidity,
    OrderStatus,
    OutcomeSide,
)
from pmi_core.numbers import ONE, ZERO, counted
from pmi_provider_paper.floor import USER, Floor, buys_yes
from pmi_provider_paper.memory import Memory
from pmi_provider_paper.records import (
    FillRecord,
    OrderRecord,
    PositionRecord,
    PrintRecord,
    SettlementRecord,
)

__all__ = ["Bookkeeper"]

_REASONS: Final = {
    CancelReason.SELF_TRADE: "it would have traded with another order of this account",
    CancelReason.CLOSE: "the market closed",
    CancelReason.PAUSE: "trading was paused",
    CancelReason.GROUP: "its order group reached its limit",
    CancelReason.REDUCE_ONLY: "nothing was left to reduce",
}


class Bookkeeper:
    """Reads events of one floor into one memory.

    Args:
        settlement: after how long fills are final; None makes them final at once.
    """

    def __init__(self, memory: Memory, floor: Floor, settlement: timedelta | None) -> None:
        self.memory = memory
        self.floor = floor
        self._settlement = settlement
        self._record_of: dict[str, str] = {}
        self.engine_of: dict[str, str] = {}
        """The engine's order by the record's id, of orders in the book."""
        self.base: dict[str, Decimal] = {}
        """Contracts that an order had filled before this floor was built."""
        self.engine_group: dict[str, str] = {}
        self._off_book: str | None = None

    def note_deal(self, record: OrderRecord | None) -> None:
        """Say to which order the next trades off the book belong."""
        self._off_book = None if record is None else record.id

    def absorb(
        self,
        events: Iterable[Event],
        *,
        when: datetime | None = None,
        instead_of: str | None = None,
        curve: Decimal | None = None,
    ) -> None:
        """Record what the events did to the account.

        Args:
            events: as the engine gave them.
            when: the time that records get instead of the events' own.
            instead_of: the members' trade that was carried out.
            curve: net sales of a market maker's curve before the order came.
        """
        touched: set[str] = set()
        money = False
        command: AnyCommand | None = None
        for event in events:
            time = when or event.time
            if isinstance(event, Commanded):
                command = event.command
            elif isinstance(event, Traded):
                if USER in (event.taker_account, event.maker_account):
                    self._trade(event, time, instead_of, curve)
                    touched.add(event.market_id)
                    money = True
            elif isinstance(event, OrderAccepted):
                self._accept(event, time)
            elif isinstance(event, OrderCanceled):
                self._cancel(event, time)
            elif isinstance(event, OrderAmended):
                self._amend(event, command, time)
            elif isinstance(event, PositionSettled) and event.account == USER:
                self._settle(event, time)
                money = True
            elif isinstance(event, GroupChanged) and event.change is GroupChange.TRIGGERED:
                self._trigger(event)
        for code in touched:
            self._position(code)
        if money:
            self.memory.cash = self.floor.cash(USER)

    def _order(self, engine_id: str) -> OrderRecord | None:
        return self.memory.orders.get(self._record_of.get(engine_id, ""))

    def _accept(self, event: OrderAccepted, time: datetime) -> None:
        if event.account != USER:
            return
        record = self.memory.orders.get(event.client_order_id)
        if record is None:
            return
        self._record_of[event.order_id] = record.id
        self.engine_of[record.id] = event.order_id
        self.base[record.id] = record.filled
        record.remaining = event.size
        record.due = None
        if record.status in (OrderStatus.CREATED, OrderStatus.PENDING):
            record.status = OrderStatus.OPEN
            record.updated = time
        self.memory.put_order(record)

    def _cancel(self, event: OrderCanceled, time: datetime) -> None:
        record = self._order(event.order_id)
        if record is None:
            return
        record.remaining = event.remaining
        record.updated = time
        reason = _REASONS.get(event.reason)
        if event.remaining:
            record.cut += event.size
            record.reject_reason = f"{counted(record.cut, 'contract')} taken off: {reason}"
        else:
            expired = event.reason is CancelReason.EXPIRY
            record.status = OrderStatus.EXPIRED if expired else OrderStatus.CANCELED
            record.reject_reason = reason or record.reject_reason
            self._drop(record.id)
        self.memory.put_order(record)

    def _amend(self, event: OrderAmended, command: AnyCommand | None, time: datetime) -> None:
        record = self._order(event.order_id)
        if record is None:
            return
        if isinstance(command, DecreaseOrder):
            record.remaining = (record.remaining or ZERO) - command.by
        else:  # a new total is asked for: what the old one lost is forgotten
            record.cut = ZERO
            record.reject_reason = None
            record.remaining = self.base.get(record.id, ZERO) + event.size - record.filled
        record.price = event.price
        record.size = record.filled + record.remaining + record.cut
        record.notional = None
        record.updated = time
        self.memory.put_order(record)

    def _drop(self, record_id: str) -> None:
        engine_id = self.engine_of.pop(record_id, None)
        if engine_id is not None:
            self._record_of.pop(engine_id, None)

    def _trade(self, event: Traded, time: datetime, instead_of: str | None, curve: Decimal | None) -> None:
        taker = event.taker_account == USER
        engine_id = event.taker_order_id if taker else event.maker_order_id
        if event.off_book and self._off_book is not None:
            record = self.memory.orders[self._off_book]
        else:
            found = self._order(engine_id or "")
            if found is None:
                return
            record = found
        outcome = event.taker_outcome if taker else event.maker_outcome
        own = event.price if outcome is OutcomeSide.YES else ONE - event.price
        cost = event.cost if outcome is OutcomeSide.YES else event.size - event.cost
        fee = event.taker_fee if taker else event.maker_fee
        delayed = self._settlement is not None and not event.off_book
        fill = FillRecord(
            id=self.memory.number("t"),
            order=record.id,
            market=record.market,
            client_id=record.client_id,
            outcome=outcome,
            action=event.taker_action if taker else event.maker_action,
            price=own,
            size=event.size,
            cost=None if cost == own * event.size else cost,
            fee=fee,
            liquidity=Liquidity.TAKER if taker else Liquidity.MAKER,
            settlement=FillSettlement.PENDING if delayed else FillSettlement.CONFIRMED,
            time=time,
            off_book=event.off_book,
            curve=curve,
            due=time + self._settlement if delayed and self._settlement is not None else None,
        )
        record.filled += event.size
        record.filled_notional += cost
        record.fees += fee
        record.remaining = max((record.remaining or ZERO) - event.size, ZERO)
        record.updated = time
        if record.remaining:
            record.status = OrderStatus.PARTIAL
        else:
            record.status = OrderStatus.CANCELED if record.cut else OrderStatus.FILLED
            self._drop(record.id)
        self.memory.put_order(record)
        self.memory.put_fill(fill)
        self.memory.put_print(
            PrintRecord(
                id=fill.id,
                market=record.market,
                hour=self.floor.crowd.hour_of(time),
                time=time,
                price=event.price,
                size=event.size,
                taker_yes=buys_yes(event.taker_outcome, event.taker_action),
                off_book=event.off_book,
                instead_of=instead_of,
            )
        )

    def _settle(self, event: PositionSettled, time: datetime) -> None:
        position = self.memory.positions.get(event.market_id)
        owner = self.floor.listing(event.market_id).event.code
        value = self.floor.value(event.market_id)
        self.memory.put_settlement(
            SettlementRecord(
                id=event.market_id,
                event=owner,
                result=event.result,
                value=value,
                outcome=event.outcome,
                size=event.size,
                cost=event.cost,
                payout=event.payout,
                fees=(position.fees if position is not None else ZERO) + event.fee,
                time=time,
            )
        )
        if position is not None:
            self.memory.put_position(
                msgspec.structs.replace(
                    position,
                    size=ZERO,
                    cost=ZERO,
                    average_price=None,
                    realized_pnl=position.realized_pnl + event.payout - event.cost,
                    fees=position.fees + event.fee,
                    settled=True,
                )
            )

    def _trigger(self, event: GroupChanged) -> None:
        for name, engine_id in self.engine_group.items():
            if engine_id == event.group_id and name in self.memory.groups:
                group = self.memory.groups[name]
                group.triggered = True
                self.memory.put_group(group)

    def _position(self, code: str) -> None:
        view = self.floor.holding(USER, code)
        known = self.memory.positions.get(code)
        if view is None:
            if known is not None:  # all that had made it was undone
                nothing = {"size": ZERO, "cost": ZERO, "realized_pnl": ZERO, "fees": ZERO}
                self.memory.put_position(msgspec.structs.replace(known, average_price=None, **nothing))
            return
        self.memory.put_position(
            PositionRecord(
                id=code,
                event=self.floor.listing(code).event.code,
                outcome=view.outcome,
                size=view.size,
                cost=view.cost,
                average_price=view.average_price,
                realized_pnl=view.realized_pnl,
                fees=view.fees,
            )
        )

    def close_position(self, code: str) -> None:
        """Mark a position as settled, also one that held nothing when its market ended."""
        known = self.memory.positions.get(code)
        if known is not None and not known.settled:
            self.memory.put_position(msgspec.structs.replace(known, settled=True))

    def refresh(self, codes: Iterable[str]) -> None:
        """Take positions and cash from the engine again, after a fill was undone."""
        for code in codes:
            self._position(code)
        self.memory.cash = self.floor.cash(USER)
