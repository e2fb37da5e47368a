"""Orders, changed orders, batches, queues and groups against moving members."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core import FillQuery, OrderQuery, OrderStatus
from pmi_core.errors import (
    BelowMinimum,
    InvalidOrder,
    MarketNotOpen,
    NotFound,
    OffGrid,
    OrderRefused,
    RequestError,
    WouldCross,
)

pytestmark = pytest.mark.anyio


async def test_ids_are_short(venue, lively, order):
    market = await lively(venue)
    placed = await venue.orders.place_order(order(market.ref, market.yes.ask))
    (fill,) = (await venue.orders.list_fills(FillQuery())).items
    assert len(placed.ref) <= len("paper:o9999")
    assert len(fill.trade_id) <= 6
    assert len(market.ref) <= 26


async def test_taking_uses_up_what_rests_until_the_members_move(venue, clock, lively, order):
    market = await lively(venue)
    best = (await venue.books.get_book(market.ref)).best_ask
    await venue.orders.place_order(order(market.ref, best.price, best.size, time_in_force="ioc"))
    assert (await venue.books.get_book(market.ref)).best_ask.price > best.price
    again = await venue.markets.get_market(market.ref)
    assert again.yes.ask > best.price
    await clock.advance(5)
    assert (await venue.books.get_book(market.ref)).best_ask.price <= best.price


async def test_own_orders_stand_in_the_book(venue, lively, order):
    market = await lively(venue)
    inside = market.yes.bid + Decimal("0.001")
    before = await venue.books.get_book(market.ref)
    placed = await venue.orders.place_order(order(market.ref, inside, 11))
    book = await venue.books.get_book(market.ref)
    assert (book.best_bid.price, book.best_bid.size) == (inside, 11)
    assert (await venue.markets.get_market(market.ref)).yes.bid == inside
    assert (await venue.books.get_book(f"{market.ref}#no")).best_ask.price == 1 - inside
    await venue.orders.cancel_order(placed.ref)
    assert (await venue.books.get_book(market.ref)).bids == before.bids


@pytest.mark.parametrize(
    "price, size, more, error",
    [
        ("0.5001", 10, {}, OffGrid),
        ("0.50", "0.001", {}, BelowMinimum),
        ("0.999", 10, {"post_only": True}, WouldCross),
        ("0.01", 10, {"time_in_force": "fok"}, OrderRefused),
        ("0.01", 10, {"reduce_only": True}, OrderRefused),
        ("0.01", 10, {"group_ref": "paper:g99"}, NotFound),
    ],
)
async def test_refusals_leave_nothing_behind(venue, lively, order, price, size, more, error):
    market = await lively(venue)
    with pytest.raises(error) as refusal:
        await venue.orders.place_order(order(market.ref, price, size, **more))
    assert refusal.value.venue == "paper"
    assert (await venue.orders.list_orders(OrderQuery())).items == ()


async def test_expired_before_it_came_is_refused(venue, clock, lively, order):
    market = await lively(venue)
    with pytest.raises(InvalidOrder):
        await venue.orders.place_order(
            order(market.ref, "0.02", time_in_force="gtd", expires_at=clock.now() - timedelta(seconds=1))
        )


async def test_gtd_orders_expire_at_their_moment(venue, clock, lively, order):
    market = await lively(venue)
    until = clock.now() + timedelta(seconds=33)
    placed = await venue.orders.place_order(order(market.ref, "0.02", time_in_force="gtd", expires_at=until))
    await clock.advance(32)
    assert (await venue.orders.get_order(placed.ref)).status is OrderStatus.OPEN
    await clock.advance(100)
    ended = await venue.orders.get_order(placed.ref)
    assert (ended.status, ended.updated_time) == (OrderStatus.EXPIRED, until)


async def test_nothing_trades_in_a_pause(venue, clock, order):
    match = next(
        plan
        for plan in venue.orders._house.scenario.listed(clock.now())
        if plan.pause is not None and plan.pause[0] > clock.now()
    )
    ref = f"paper:{match.markets[0].code}"
    market = await venue.markets.get_market(ref)
    resting = await venue.orders.place_order(order(ref, "0.02"))
    clock.set(match.pause[0] + timedelta(seconds=1))
    assert (await venue.markets.get_market(ref)).trading == "paused"
    with pytest.raises(MarketNotOpen, match="paused"):
        await venue.orders.place_order(order(ref, market.yes.bid))
    assert (await venue.orders.cancel_order(resting.ref)).status is OrderStatus.CANCELED
    clock.set(match.pause[1])
    assert (await venue.markets.get_market(ref)).trading == "open"


async def test_amending_a_filled_order_is_refused(venue, lively, order):
    market = await lively(venue)
    placed = await venue.orders.place_order(order(market.ref, market.yes.ask))
    with pytest.raises(InvalidOrder, match="filled"):
        await venue.amend.amend_order(placed.ref, price=Decimal("0.5"), size=Decimal(20))


async def test_amended_sizes_are_totals_after_a_restart(opened, clock, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        best = (await venue.books.get_book(market.ref)).best_ask
        placed = await venue.orders.place_order(order(market.ref, best.price, best.size + 100))
        assert placed.status is OrderStatus.PARTIAL
        filled = placed.filled
        await venue.amend.amend_order(placed.ref, price=Decimal("0.02"), size=filled + 50)
    async with opened() as venue:
        smaller = await venue.amend.amend_order(placed.ref, price=Decimal("0.02"), size=filled + 30)
        assert (smaller.size, smaller.filled, smaller.remaining) == (filled + 30, filled, 30)
        less = await venue.amend.decrease_order(placed.ref, by=Decimal(10))
        assert (less.size, less.filled, less.remaining) == (filled + 20, filled, 20)
        with pytest.raises(InvalidOrder):
            await venue.amend.amend_order(placed.ref, price=Decimal("0.02"), size=filled)
        with pytest.raises(InvalidOrder):
            await venue.amend.decrease_order(placed.ref, by=Decimal(21))


async def test_the_queue_moves_forward(venue, clock, lively, order):
    market = await lively(venue)
    placed = await venue.orders.place_order(order(market.ref, market.yes.bid, 5))
    (ahead,) = (await venue.queue.get_queue_positions([placed.ref])).values()
    assert ahead == market.yes.bid_size
    taken = await venue.orders.place_order(order(market.ref, market.yes.ask, 1))
    assert await venue.queue.get_queue_positions([taken.ref]) == {}
    with pytest.raises(NotFound):
        await venue.queue.get_queue_positions(["paper:o99"])


async def test_a_batch_stands_or_falls_one_by_one(venue, lively, order):
    market = await lively(venue)
    results = await venue.batch.place_orders(
        [order(market.ref, "0.02"), order(market.ref, "0.50001"), order("paper:NO-SUCH", "0.02")]
    )
    assert [one.error for one in results] == [None, "OffGrid", "NotFound"]
    assert results[0].order.status is OrderStatus.OPEN
    canceled = await venue.batch.cancel_all(market.ref)
    assert [one.ref for one in canceled] == [results[0].order_ref]


async def test_a_group_stops_at_its_limit_and_stays_stopped(opened, lively, order):
    async with opened() as venue:
        market = await lively(venue)
        group = await venue.groups.create_group(Decimal(15))
        for _ in range(2):
            await venue.orders.place_order(order(market.ref, market.yes.ask, 10, group_ref=group.ref))
        assert (await venue.groups.get_group(group.ref)).triggered
    async with opened() as venue:
        assert (await venue.groups.get_group(group.ref)).triggered
        with pytest.raises(OrderRefused):
            await venue.orders.place_order(order(market.ref, "0.02", group_ref=group.ref))
        assert not (await venue.groups.reset_group(group.ref)).triggered
        resting = await venue.orders.place_order(order(market.ref, "0.02", group_ref=group.ref))
        assert (await venue.groups.get_group(group.ref)).orders == (resting.ref,)
        await venue.groups.delete_group(group.ref)
        assert (await venue.orders.get_order(resting.ref)).status is OrderStatus.CANCELED
        with pytest.raises(NotFound):
            await venue.groups.get_group(group.ref)


async def test_refs_of_other_venues_are_refused(venue, order):
    with pytest.raises(RequestError):
        await venue.orders.get_order("elsewhere:o1")
    with pytest.raises(RequestError):
        await venue.orders.place_order(order("elsewhere:BTC", "0.5"))
