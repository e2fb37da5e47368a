"""Where the account's orders are taken, decided, changed and cancelled."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pmi_core.errors import (
    BelowMinimum,
    Duplicate,
    InvalidOrder,
    MarketNotOpen,
    NotFound,
    OffGrid,
    OrderRefused,
    RequestError,
)
from pmi_core.exchange.commands import AmendOrder, CancelOrder, DecreaseOrder, PlaceOrder
from pmi_core.identifiers import OrderRef
from pmi_core.models import Execution, OrderRequest, OrderStatus, OutcomeSide, TimeInForce
from pmi_core.numbers import ONE, ZERO, Rounding, counted, plain, round_to
from pmi_provider_paper.catalogue import Listing
from pmi_provider_paper.facts import status_of
from pmi_provider_paper.floor import USER
from pmi_provider_paper.house import House
from pmi_provider_paper.memory import WORKING
from pmi_provider_paper.records import OrderRecord
from pmi_provider_paper.settings import Acceptance
from pmi_provider_paper.simulation.ladder import grid_table

__all__ = ["Counter"]


class Counter:
    """Handles orders inside a turn of the house."""

    def __init__(self, house: House) -> None:
        self._house = house
        house.deciders["order"] = self._decide_due

    def find(self, order: OrderRef | str) -> OrderRecord:
        """The order that a ref names.

        Raises:
            NotFound: there is none.
        """
        ref = OrderRef(order)
        found = self._house.memory.orders.get(self._house.native(ref))
        if found is None:
            raise NotFound(f"{ref} names no order of this account", hint="list orders for their refs")
        return found

    def place(self, request: OrderRequest, now: datetime) -> OrderRecord:
        """Take one order, and decide it at once unless acceptance is asynchronous.

        Raises:
            RequestError: the order cannot be; none exists.
        """
        house = self._house
        listing = house.listing(request.market_ref)
        if house.settings.client_ids and house.memory.order_of(request.client_order_id) is not None:
            raise Duplicate(
                f"client order id {request.client_order_id!r} was used before",
                hint="the earlier order stands; look it up by that id",
                code="client_order_id",
            )
        self._check_open(listing, now)
        self._check_shape(request, listing)
        group = None if request.group_ref is None else house.native(request.group_ref)
        if group is not None and (group not in house.memory.groups or house.memory.groups[group].deleted):
            raise NotFound(f"{request.group_ref} names no order group", hint="list groups for their refs")
        if group is not None and house.memory.groups[group].triggered:
            raise OrderRefused(
                f"order group {request.group_ref} was triggered",
                hint="reset it first",
                code="group_triggered",
            )
        record = OrderRecord(
            id=house.memory.number("o"),
            market=listing.code,
            event=listing.event.code,
            client_id=request.client_order_id if house.settings.client_ids else None,
            outcome=request.outcome,
            action=request.action,
            size=request.size,
            notional=request.notional,
            price=request.price,
            time_in_force=request.time_in_force,
            expires_at=request.expires_at,
            post_only=request.post_only,
            reduce_only=request.reduce_only,
            self_trade=request.self_trade,
            group=group,
            status=OrderStatus.CREATED,
            filled=ZERO,
            remaining=request.size,
            filled_notional=ZERO,
            fees=ZERO,
            created=now,
            updated=now,
        )
        if house.settings.acceptance is Acceptance.ASYNCHRONOUS:
            record.status = OrderStatus.PENDING
            record.due = now + house.seconds(house.settings.acceptance_delay)
            house.memory.put_order(record)
            return record
        house.memory.orders[record.id] = record  # the books find it there; written once it is accepted
        try:
            self._decide(record, listing, now)
        except RequestError:
            del house.memory.orders[record.id]
            raise
        return record

    def _check_open(self, listing: Listing, now: datetime) -> None:
        house = self._house
        if house.crowd.trades_at(listing, now):
            return
        status = status_of(listing.event, now, void=house.crowd.beliefs.is_void(listing))
        paused = listing.event.is_open(now)
        raise MarketNotOpen(
            f"{listing.code} takes no orders: "
            + ("trading is paused" if paused else f"its status is {status.value}"),
            hint="wait until trading goes on" if paused else None,
            code="paused" if paused else status.value,
        )

    def _check_shape(self, request: OrderRequest, listing: Listing) -> None:
        """Refuse at once what can never be, also where orders are decided later."""
        series = listing.series
        price = request.price if request.outcome is OutcomeSide.YES else ONE - request.price
        if not grid_table(series.grid).model.contains(price):
            raise OffGrid(
                f"{plain(request.price)} is not a tradable price of {listing.code}",
                hint="round it to the market's price grid",
                code="price",
            )
        if (
            request.size is not None
            and round_to(request.size, series.size_step, Rounding.DOWN) != request.size
        ):
            raise BelowMinimum(
                f"{counted(request.size, 'contract')} cannot be traded in {listing.code}",
                hint=f"give a positive multiple of {plain(series.size_step)}",
                code="size",
            )
        if request.time_in_force is TimeInForce.GTD and request.expires_at is not None:
            now = self._house.floor.now
            if request.expires_at <= now:
                raise InvalidOrder("the order would have expired already", hint="give a time in the future")
        if listing.series.execution is Execution.AMM and request.post_only:
            raise InvalidOrder(
                f"{listing.code} is priced by a market maker's curve, where no order rests",
                hint="drop post_only",
            )

    def _decide(self, record: OrderRecord, listing: Listing, now: datetime) -> None:
        """Let an order meet the market.

        Raises:
            RequestError: the exchange refused it.
        """
        house = self._house
        floor, books = house.floor, house.books
        step = floor.crowd.step_of(now)
        books.absorb(floor.bring_to(listing, step, now))
        curve = floor.curve_sold(listing.code) if listing.series.execution is Execution.AMM else None
        events = floor.apply(
            PlaceOrder(
                time=now,
                account=USER,
                market_id=listing.code,
                client_order_id=record.id,
                outcome=record.outcome,
                action=record.action,
                price=record.price,
                size=record.size,
                notional=record.notional,
                time_in_force=record.time_in_force,
                expires_at=record.expires_at,
                post_only=record.post_only,
                reduce_only=record.reduce_only,
                self_trade=record.self_trade,
                group_id=None if record.group is None else books.engine_group.get(record.group),
            )
        )
        books.absorb(events, curve=curve)
        house.clockwork.watch(listing.code, step)

    def _decide_due(self, name: str, when: datetime) -> None:
        """Decide an order that waited, the way the book is then."""
        house = self._house
        record = house.memory.orders[name]
        record.due = None
        listing = house.lookup(record.market)
        now = max(when, house.floor.now)
        try:
            if listing is None:
                raise OrderRefused("the market is not known any more")
            self._check_open(listing, now)
            self._decide(record, listing, now)
        except RequestError as error:
            record.status = OrderStatus.REJECTED
            record.remaining = ZERO
            record.reject_reason = error.message
            record.updated = when
            house.memory.put_order(record)

    def cancel(self, record: OrderRecord, now: datetime) -> OrderRecord:
        """Cancel; a terminal order stays as it is."""
        house = self._house
        if record.status is OrderStatus.PENDING:
            record.status = OrderStatus.CANCELED
            record.due = None
            record.remaining = ZERO
            record.updated = now
            house.memory.put_order(record)
        elif record.id in house.books.engine_of:
            order = house.books.engine_of[record.id]
            house.books.absorb(house.floor.apply(CancelOrder(time=now, account=USER, order_id=order)))
        return record

    def _working(self, record: OrderRecord, now: datetime) -> str:
        """The engine's name of an order that can be changed.

        Raises:
            InvalidOrder: it does not rest.
            MarketNotOpen: its market takes no orders.
        """
        if record.status not in WORKING or record.id not in self._house.books.engine_of:
            raise InvalidOrder(
                f"order {record.id} is {record.status.value} and cannot be changed",
                hint="only resting orders can",
                code="terminal",
            )
        listing = self._house.lookup(record.market)
        if listing is not None:
            self._check_open(listing, now)
            self._house.books.absorb(self._house.floor.bring_to(listing, self._house.crowd.step_of(now), now))
        if record.id not in self._house.books.engine_of:
            raise InvalidOrder(f"order {record.id} was filled just now", code="terminal")
        return self._house.books.engine_of[record.id]

    def amend(self, record: OrderRecord, price: Decimal, size: Decimal, now: datetime) -> OrderRecord:
        """Move a resting order to a new price and total size.

        Raises:
            RequestError: it cannot be; the order stays as it was.
        """
        house = self._house
        order = self._working(record, now)
        if size <= record.filled:
            raise InvalidOrder(
                f"order {record.id} has {counted(record.filled, 'contract')} filled already",
                hint="give a larger total, or cancel it",
                code="size",
            )
        base = house.books.base.get(record.id, ZERO)
        command = AmendOrder(time=now, account=USER, order_id=order, price=price, size=size - base)
        house.books.absorb(house.floor.apply(command))
        return record

    def decrease(self, record: OrderRecord, by: Decimal, now: datetime) -> OrderRecord:
        """Take contracts off what is left of a resting order.

        Raises:
            RequestError: it cannot be; the order stays as it was.
        """
        house = self._house
        order = self._working(record, now)
        left = record.remaining or ZERO
        if by > left:
            raise InvalidOrder(
                f"order {record.id} has only {counted(left, 'contract')} working",
                hint="take off less, or cancel it",
                code="size",
            )
        command = DecreaseOrder(time=now, account=USER, order_id=order, by=by)
        house.books.absorb(house.floor.apply(command))
        return record
