"""Building the floor again from what is remembered: after a start, a write of another process, or
a fill that was undone.

Every fill in a market that still lives is traded once more between the account and a member, at
its own price and in its own part, so that the engine's positions, costs and profits are those that
were; then cash is set to the remembered sum and working orders go back into the book.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from pmi_core.errors import RequestError
from pmi_core.exchange.commands import (
    CloseMarket,
    CreateGroup,
    Deposit,
    PlaceOrder,
    TriggerGroup,
    Withdraw,
)
from pmi_core.exchange.events import GroupChanged
from pmi_core.models import (
    Action,
    Execution,
    FillSettlement,
    Liquidity,
    OrderStatus,
    OutcomeSide,
)
from pmi_core.numbers import ONE, ZERO
from pmi_provider_paper.bookkeeping import Bookkeeper
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.floor import MEMBERS, TAKERS, USER, Floor, buys_yes
from pmi_provider_paper.memory import WORKING, Memory
from pmi_provider_paper.records import FillRecord, OrderRecord
from pmi_provider_paper.simulation.crowd import Crowd
from pmi_provider_paper.simulation.ladder import grid_table

__all__ = ["Restored", "restore", "undo_fill"]

_LOAN: Final = Decimal(10) ** 15

Lookup = Callable[[str], Listing | None]


@dataclass(frozen=True, slots=True)
class Restored:
    """A floor that stands where the memory says, and its bookkeeper."""

    floor: Floor
    books: Bookkeeper


def restore(
    memory: Memory, crowd: Crowd, lookup: Lookup, now: datetime, settlement: timedelta | None
) -> Restored:
    """Build a floor; orders whose time or market is over meanwhile are ended, at their own time."""
    floor = Floor(crowd, now)
    books = Bookkeeper(memory, floor, settlement)
    _replay(memory, floor, lookup, now)
    surplus = floor.cash(USER) - memory.cash
    if surplus > 0:
        floor.apply(Withdraw(time=now, account=USER, amount=surplus))
    _restore_uses(memory, floor, lookup, now)
    _restore_groups(memory, books, now)
    for order in list(memory.orders.values()):
        if order.status in WORKING:
            _restore_order(order, books, lookup(order.market), now)
        elif order.status is OrderStatus.CREATED:  # the process ended while it was being decided
            _end(memory, order, OrderStatus.REJECTED, now, "the exchange stopped before it was decided")
    return Restored(floor, books)


def _live_fills(memory: Memory) -> list[FillRecord]:
    return [
        fill
        for fill in memory.fills.values()
        if fill.settlement is not FillSettlement.FAILED and fill.market not in memory.settlements
    ]


def _replay(memory: Memory, floor: Floor, lookup: Lookup, now: datetime) -> Decimal:
    """Trade every living fill once more; gives the money that they brought together."""
    floor.apply(Deposit(time=now, account=USER, amount=_LOAN))
    ending: dict[str, Listing] = {}
    for fill in _live_fills(memory):
        listing = lookup(fill.market)
        if listing is None:
            continue
        floor.list_market(listing, now)
        if not listing.event.is_open(now):
            ending[listing.code] = listing
        _trade_again(fill, floor, listing, now)
    for code in ending:
        floor.apply(CloseMarket(time=now, market_id=code))
    return floor.cash(USER) - _LOAN


def _trade_again(fill: FillRecord, floor: Floor, listing: Listing, now: datetime) -> None:
    yes = buys_yes(fill.outcome, fill.action)
    price = fill.price if fill.outcome is OutcomeSide.YES else ONE - fill.price
    if fill.off_book:
        maker = fill.liquidity is Liquidity.MAKER
        side = OutcomeSide.YES if yes == maker else OutcomeSide.NO
        floor.deal(
            now,
            listing,
            maker=USER if maker else MEMBERS,
            asker=MEMBERS if maker else USER,
            side=side,
            bid=price if side is OutcomeSide.YES else ONE - price,
            size=fill.size,
        )
        return
    limit = fill.price
    if listing.series.execution is Execution.AMM:
        if fill.curve is not None:
            floor.move_curve(listing, fill.curve, now)
        prices = grid_table(listing.series.grid).prices
        limit = prices[-1] if fill.action is Action.BUY else prices[0]
    elif fill.liquidity is Liquidity.TAKER:
        floor.place(now, MEMBERS, listing, yes=not yes, price=price, size=fill.size, resting=True)
    floor.apply(
        PlaceOrder(
            time=now,
            account=USER,
            market_id=fill.market,
            client_order_id=f"again-{fill.id}",
            outcome=fill.outcome,
            action=fill.action,
            price=limit,
            size=fill.size,
        )
    )
    if fill.liquidity is Liquidity.MAKER:
        floor.place(now, TAKERS, listing, yes=not yes, price=price, size=fill.size, resting=False)


def _restore_uses(memory: Memory, floor: Floor, lookup: Lookup, now: datetime) -> None:
    """Let the makers miss what the account took from them since they moved last."""
    step = floor.crowd.step_of(now)
    for fill in _live_fills(memory):
        listing = lookup(fill.market)
        if fill.off_book or listing is None or floor.crowd.step_of(fill.time) != step:
            continue
        if listing.series.execution is Execution.AMM:
            floor.stay(fill.market, step)
            continue
        shown = memory.prints.get(fill.id)
        maker = fill.liquidity is Liquidity.MAKER
        if maker and (shown is None or shown.instead_of is not None):
            continue  # another member's taker met the order, not a maker
        floor.use(
            fill.market,
            step,
            bid=not buys_yes(fill.outcome, fill.action),
            price=fill.price if fill.outcome is OutcomeSide.YES else ONE - fill.price,
            size=fill.size,
            sweeping=maker,
        )


def _restore_groups(memory: Memory, books: Bookkeeper, now: datetime) -> None:
    for group in memory.groups.values():
        if group.deleted:
            continue
        command = CreateGroup(time=now, account=USER, limit=group.limit, window_seconds=group.window_seconds)
        made = books.floor.apply(command)
        engine_id = next(event.group_id for event in made if isinstance(event, GroupChanged))
        books.engine_group[group.id] = engine_id
        if group.triggered:
            books.floor.apply(TriggerGroup(time=now, account=USER, group_id=engine_id))


def _end(memory: Memory, order: OrderRecord, status: OrderStatus, when: datetime, reason: str | None) -> None:
    order.status = status
    order.remaining = ZERO
    order.reject_reason = reason
    order.updated = when
    order.due = None
    memory.put_order(order)


def _restore_order(order: OrderRecord, books: Bookkeeper, listing: Listing | None, now: datetime) -> None:
    memory = books.memory
    if order.expires_at is not None and order.expires_at <= now:
        _end(memory, order, OrderStatus.EXPIRED, order.expires_at, None)
        return
    closed = now if listing is None else listing.event.next_closing(order.created)
    if listing is None or now >= closed:
        _end(memory, order, OrderStatus.CANCELED, closed, "the market closed")
        return
    books.floor.list_market(listing, now)
    try:
        books.absorb(
            books.floor.apply(
                PlaceOrder(
                    time=now,
                    account=USER,
                    market_id=order.market,
                    client_order_id=order.id,
                    outcome=order.outcome,
                    action=order.action,
                    price=order.price,
                    size=order.remaining,
                    time_in_force=order.time_in_force,
                    expires_at=order.expires_at,
                    reduce_only=order.reduce_only,
                    self_trade=order.self_trade,
                    group_id=None if order.group is None else books.engine_group.get(order.group),
                )
            )
        )
    except RequestError as error:
        _end(memory, order, OrderStatus.CANCELED, now, f"it could not rest again: {error.message}")


def undo_fill(
    fill: FillRecord,
    memory: Memory,
    crowd: Crowd,
    lookup: Lookup,
    now: datetime,
    settlement: timedelta | None,
) -> Restored | None:
    """Build a floor on which a fill never happened; None where the account could not pay that."""
    with_it = _replay(memory, Floor(crowd, now), lookup, now)
    before = fill.settlement
    fill.settlement = FillSettlement.FAILED
    without = _replay(memory, Floor(crowd, now), lookup, now)
    cash = memory.cash + without - with_it
    if cash < 0:
        fill.settlement = before
        return None
    memory.cash = cash
    order = memory.orders.get(fill.order)
    if order is not None:
        order.filled -= fill.size
        order.filled_notional -= fill.price * fill.size if fill.cost is None else fill.cost
        order.fees -= fill.fee
        order.cut += fill.size
        if order.status is OrderStatus.FILLED:
            order.status = OrderStatus.CANCELED
        elif order.status is OrderStatus.PARTIAL and not order.filled:
            order.status = OrderStatus.OPEN
        order.updated = now
        order.reject_reason = "a fill was undone by the exchange"
        memory.put_order(order)
    fill.reason = "the trade could not be settled"
    fill.due = None
    memory.put_fill(fill)
    restored = restore(memory, crowd, lookup, now, settlement)
    restored.books.refresh([fill.market])
    return restored
