"""Rules of the capability ``orders``: from placing to the end of an order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.errors import Duplicate, NotFound, RequestError
from pmi_core.models import Order, OrderQuery, OrderStatus, OutcomeSide, TimeInForce
from pmi_core.numbers import ZERO
from pmi_core.provider import IdempotencyKind, Venue
from pmi_core.testing.clock import MovableClock
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.recognition import check_named, finds_again, nameless
from pmi_core.testing.conformance.samples import every_page
from pmi_core.testing.conformance.soundness import (
    check_json,
    check_refs,
    check_sound,
    check_times,
    check_unique,
)
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.conformance.trader import BUY, NO, YES, a_trader, check_rejected, size_at

__all__ = ["OrderRules"]

KEPT = (
    "market_ref",
    "outcome",
    "action",
    "size",
    "price",
    "time_in_force",
    "expires_at",
    "post_only",
    "reduce_only",
)


class OrderRules(Contract):
    """The life of an order."""

    async def test_orders_answers(self, venue: Venue) -> None:
        """The account's orders can be listed, each whole and with the configured name."""
        placer = needs(venue.orders, Capability.ORDERS, venue)
        for order in (await placer.list_orders(OrderQuery(limit=20))).items:
            check_sound(order, Order)
            check_refs(order, venue.name)

    async def test_orders_keep_what_was_asked(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A placed order has every field of its request; a client order id that is kept is kept to the letter."""
        trader = await a_trader(venue, clock, may_trade)
        moment = clock.now() + timedelta(hours=1)
        asked: tuple[tuple[OutcomeSide, dict[str, Any]], ...] = (
            (YES, {"post_only": True}),
            (NO, {"time_in_force": TimeInForce.GTD, "expires_at": moment}),
        )
        for outcome, more in asked:
            wanted = trader.request(outcome, BUY, await trader.behind(outcome, BUY), **more)
            answer = await trader.placer.place_order(wanted)
            order = await trader.arrived(answer)
            for seen in (check_sound(answer, Order), check_sound(order, Order), await trader.again(order)):
                check_named(seen, wanted.client_order_id, venue)
                for field in KEPT:
                    assert getattr(seen, field) == getattr(wanted, field), field
                check_refs(seen, venue.name)
                check_times(seen)
                check_json(seen)

    async def test_orders_rest_open(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An order that meets nothing is open, unfilled and entirely remaining."""
        trader = await a_trader(venue, clock, may_trade)
        order = await trader.place(YES, BUY, await trader.behind(YES, BUY))
        assert order.status is OrderStatus.OPEN
        assert (order.filled, order.remaining, order.fees) == (ZERO, trader.unit, ZERO)
        assert order.average_price is None

    async def test_orders_pending_is_decided(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An order that is accepted first has done nothing yet, can be read by its ref, and is decided soon."""
        trader = await a_trader(venue, clock, may_trade)
        wanted = trader.request(YES, BUY, await trader.behind(YES, BUY))
        order = await trader.placer.place_order(wanted)
        if order.status is not OrderStatus.PENDING:
            skip(f"{venue.info.provider} decides an order before it answers")
        assert (order.filled, order.remaining) == (ZERO, wanted.size), "a pending order has done something"
        if order.ref is not None or venue.info.idempotency.kind is not IdempotencyKind.CLIENT_ID:
            waiting = await trader.again(order)  # without client ids nothing but a ref names it
            assert waiting.status in (OrderStatus.PENDING, OrderStatus.OPEN)
        decided = await trader.arrived(order)
        assert decided.ref is not None
        assert order.ref in (None, decided.ref), "the decided order is another one"
        assert decided.status is OrderStatus.OPEN
        assert decided.ref in {one.ref for one in await trader.mine()}

    async def test_orders_get_and_list_agree(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Reading, listing and placing speak of the same order in the same way."""
        trader = await a_trader(venue, clock, may_trade)
        order = nameless(await trader.place(YES, BUY, await trader.behind(YES, BUY)), venue)
        listed = [one for one in await trader.mine() if one.ref == order.ref]
        for seen in (await trader.again(order), *listed):
            assert nameless(seen, venue) == order
            trader.check_named(seen)
        assert len(listed) == 1

    async def test_orders_list_by_status(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A listing by status gives those statuses only, and everything of them."""
        trader = await a_trader(venue, clock, may_trade)
        price = await trader.behind(YES, BUY)
        stays, goes = await trader.place(YES, BUY, price), await trader.place(YES, BUY, price)
        await trader.placer.cancel_order(trader.ref(goes))
        for status, expected in ((OrderStatus.OPEN, stays), (OrderStatus.CANCELED, goes)):
            page = await trader.placer.list_orders(OrderQuery(statuses=frozenset({status})))
            assert {one.status for one in page.items} == {status}
            assert expected.ref in {one.ref for one in page.items}

    async def test_orders_list_is_newest_first(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Orders come newest first; pages keep the limit and never repeat one."""
        trader = await a_trader(venue, clock, may_trade)
        price = await trader.behind(YES, BUY)
        placed = [await trader.place(YES, BUY, price) for _ in range(5)]
        listed = [one for one in await trader.mine() if one.created_time is not None]
        assert all(new.created_time >= old.created_time for new, old in pairwise(listed))  # type: ignore[operator]
        query = OrderQuery(market_ref=trader.market.ref, limit=2)
        rows, ended = await every_page(trader.placer.list_orders, query)
        assert ended
        check_unique((one.ref for one in rows), "the order")
        assert {one.ref for one in placed} <= {one.ref for one in rows}

    async def test_orders_are_found_by_client_id(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An order is found by the id that was made before sending.

        An unused id finds nothing, nor does one that the venue never hears of.
        """
        trader = await a_trader(venue, clock, may_trade)
        wanted = trader.request(YES, BUY, await trader.behind(YES, BUY))
        order = await trader.send(wanted)
        found = await trader.placer.find_by_client_id(wanted.client_order_id)
        if finds_again(venue):
            assert found is not None
            assert found.ref == order.ref
            check_named(found, wanted.client_order_id, venue)
        else:
            assert found is None, f"{venue.info.provider} cannot know an order by an id that it is never told"
        assert await trader.placer.find_by_client_id(trader.client_id()) is None

    async def test_orders_unknown_is_not_found(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Reading or cancelling an unknown order is NotFound."""
        trader = await a_trader(venue, clock, may_trade)
        with pytest.raises(NotFound):
            await trader.placer.get_order(trader.absent_order())
        with pytest.raises(NotFound):
            await trader.placer.cancel_order(trader.absent_order())

    async def test_orders_same_client_id_is_one_order(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """The same client order id twice is one order: Duplicate, or the first one again.

        A venue that knows no such ids tells of as many orders as there are.
        """
        trader = await a_trader(venue, clock, may_trade)
        price = await trader.behind(YES, BUY)
        before = size_at((await trader.book()).bids, price)
        wanted = trader.request(YES, BUY, price)
        told = [await trader.send(wanted)]
        try:
            again = await trader.send(wanted)
        except Duplicate:
            pass
        else:
            if again.status is OrderStatus.REJECTED:
                check_rejected(again)
            else:
                told.append(again)
        refs = {one.ref for one in told}
        if finds_again(venue):
            assert len(refs) == 1, "a second order exists"
            same = [
                one
                for one in await trader.mine()
                if one.client_order_id == wanted.client_order_id and one.status is not OrderStatus.REJECTED
            ]
            kept = venue.info.idempotency.kind is IdempotencyKind.CLIENT_ID
            assert [one.ref for one in same] in ([[told[0].ref]] if kept else [[], [told[0].ref]])
        assert size_at((await trader.book()).bids, price) == before + trader.unit * len(refs), (
            "not as many orders rest as were told"
        )

    async def test_orders_cancel_ends_it(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A canceled order is canceled for every reader, has nothing remaining, and left the book."""
        trader = await a_trader(venue, clock, may_trade)
        price = await trader.behind(YES, BUY)
        before = size_at((await trader.book()).bids, price)
        order = await trader.place(YES, BUY, price)
        answer = await trader.placer.cancel_order(trader.ref(order))
        for seen in (check_sound(answer, Order), await trader.again(order)):
            assert seen.status is OrderStatus.CANCELED
            assert (seen.filled, seen.remaining) == (ZERO, ZERO)
            trader.check_named(seen)
        assert size_at((await trader.book()).bids, price) == before

    async def test_orders_cancel_twice_is_once(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Cancelling again gives the canceled order as it is, without an error."""
        trader = await a_trader(venue, clock, may_trade)
        order = await trader.place(YES, BUY, await trader.behind(YES, BUY))
        first = await trader.placer.cancel_order(trader.ref(order))
        assert await trader.placer.cancel_order(trader.ref(order)) == first

    async def test_orders_cancel_of_filled_stays_filled(
        self, venue: Venue, clock: Clock, may_trade: bool
    ) -> None:
        """Cancelling a filled order gives the filled order; nothing is said to be canceled."""
        trader = await a_trader(venue, clock, may_trade)
        order = await trader.take(YES, BUY)
        assert order.status is OrderStatus.FILLED
        assert (await trader.placer.cancel_order(trader.ref(order))).status is OrderStatus.FILLED
        assert (await trader.again(order)).status is OrderStatus.FILLED

    async def test_orders_sizes_add_up(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """Filled and remaining make the size while an order works; a partial fill rests the rest."""
        trader = await a_trader(venue, clock, may_trade)
        level = await trader.best(YES, BUY)
        size = level.size + trader.unit
        order = await trader.place(YES, BUY, level.price, size)
        for seen in (order, await trader.again(order)):
            assert seen.status is OrderStatus.PARTIAL
            assert (seen.size, seen.filled, seen.remaining) == (size, level.size, trader.unit)
        assert size_at((await trader.book()).bids, level.price) == trader.unit
        ended = await trader.placer.cancel_order(trader.ref(order))
        assert (ended.status, ended.filled, ended.remaining) == (OrderStatus.CANCELED, level.size, ZERO)

    async def test_orders_expire(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """A good-till-date order is expired after its moment and left the book."""
        trader = await a_trader(venue, clock, may_trade)
        if not isinstance(clock, MovableClock):
            skip("time cannot be moved by hand here")
        price = await trader.behind(YES, BUY)
        moment = clock.now() + timedelta(minutes=2)
        order = await trader.place(YES, BUY, price, time_in_force=TimeInForce.GTD, expires_at=moment)
        assert order.status is OrderStatus.OPEN
        await clock.advance(121)
        ended = await trader.again(order)
        assert (ended.status, ended.remaining) == (OrderStatus.EXPIRED, ZERO)
        assert ended.expires_at == moment

    async def test_orders_past_expiry_is_refused(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An expiry that has passed is a RequestError, and no order exists."""
        trader = await a_trader(venue, clock, may_trade)
        wanted = trader.request(
            YES,
            BUY,
            await trader.behind(YES, BUY),
            time_in_force=TimeInForce.GTD,
            expires_at=clock.now() - timedelta(minutes=1),
        )
        await trader.refused(wanted, RequestError)

    async def test_orders_times_are_now(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An order says when it was made: now, aware, in UTC, never after its last change."""
        trader = await a_trader(venue, clock, may_trade)
        order = await trader.place(YES, BUY, await trader.behind(YES, BUY))
        check_times(order)
        if order.created_time is None:
            skip(f"{venue.info.provider} does not say when an order was made")
        assert abs(order.created_time - clock.now()) < timedelta(minutes=5)
        assert order.updated_time is None or order.updated_time >= order.created_time

    async def test_orders_decimals_survive(self, venue: Venue, clock: Clock, may_trade: bool) -> None:
        """An odd price and an odd size come back to the last digit, by every way of asking."""
        trader = await a_trader(venue, clock, may_trade)
        grid = trader.market.price_grid
        if grid is None:
            skip(f"{trader.market.ref} says no price grid")
        lowest = [price for price in (Decimal(7) / 1000, Decimal(7) / 100) if grid.contains(price)]
        price = lowest[0] if lowest else await trader.behind(YES, BUY)
        size = trader.unit * 7 + trader.step * 3
        wanted = trader.request(YES, BUY, price, size)
        order = await trader.send(wanted)
        ways = [order, await trader.again(order)]
        ways += [one for one in await trader.mine() if one.ref == order.ref]
        assert len(ways) == 3, "the order is not listed once"
        if finds_again(venue):
            found = await trader.placer.find_by_client_id(wanted.client_order_id)
            assert found is not None
            ways.append(found)
        for seen in ways:
            assert (seen.price, seen.size, seen.remaining) == (price, size, size)
            check_json(seen)
