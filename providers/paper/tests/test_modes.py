"""Venues differ; the practice exchange can behave like each of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core import Channel, FillQuery, IdempotencyKind, OrderQuery, OrderStatus, PositionQuery, Subscription
from pmi_core.errors import OffGrid

pytestmark = pytest.mark.anyio


async def test_without_client_ids_nothing_is_found_by_one(opened, lively, order):
    async with opened(client_ids=False) as venue:
        assert venue.info.idempotency.kind is IdempotencyKind.NONE
        market = await lively(venue)
        first = await venue.orders.place_order(order(market.ref, "0.02", client_order_id="same"))
        second = await venue.orders.place_order(order(market.ref, "0.02", client_order_id="same"))
        assert first.ref != second.ref
        assert await venue.orders.find_by_client_id("same") is None
        assert [one.client_order_id for one in (await venue.orders.list_orders(OrderQuery())).items] == [
            None,
            None,
        ]


async def test_asynchronous_orders_are_pending_first(opened, clock, lively, order):
    async with opened(acceptance="asynchronous", acceptance_delay="2") as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, market.yes.ask, client_order_id="later"))
        assert placed.status is OrderStatus.PENDING
        assert (await venue.orders.find_by_client_id("later")).status is OrderStatus.PENDING
        await clock.advance(2)
        decided = await venue.orders.get_order(placed.ref)
        assert decided.status is OrderStatus.FILLED
        assert decided.updated_time == clock.now()


async def test_asynchronous_orders_can_be_rejected(opened, clock, lively, order):
    async with opened(acceptance="asynchronous", starting_cash="1") as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, market.yes.bid, 500))
        await clock.advance(2)
        decided = await venue.orders.get_order(placed.ref)
        assert decided.status is OrderStatus.REJECTED
        assert decided.reject_reason
        assert decided.remaining == 0


async def test_asynchronous_orders_are_still_read_at_once(opened, lively, order):
    async with opened(acceptance="asynchronous") as venue:
        market = await lively(venue)
        with pytest.raises(OffGrid):
            await venue.orders.place_order(order(market.ref, "0.50001"))


async def test_pending_orders_can_be_cancelled(opened, clock, lively, order):
    async with opened(acceptance="asynchronous") as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, market.yes.ask))
        assert (await venue.orders.cancel_order(placed.ref)).status is OrderStatus.CANCELED
        await clock.advance(60)
        assert (await venue.orders.get_order(placed.ref)).filled == 0


async def test_pending_orders_survive_a_restart(opened, clock, lively, order):
    async with opened(acceptance="asynchronous") as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, "0.02"))
    clock.set(clock.now().replace(minute=1))
    async with opened(acceptance="asynchronous") as venue:
        assert (await venue.orders.get_order(placed.ref)).status is OrderStatus.OPEN


async def test_delayed_fills_are_confirmed(opened, clock, lively, order):
    async with opened(fills="delayed", failure_percent=0, settlement_delay="5") as venue:
        market = await lively(venue)
        await venue.orders.place_order(order(market.ref, market.yes.ask))
        (fill,) = (await venue.orders.list_fills(FillQuery())).items
        assert fill.settlement == "pending"
        await clock.advance(5)
        (fill,) = (await venue.orders.list_fills(FillQuery())).items
        assert fill.settlement == "confirmed"


async def test_undone_fills_count_for_nothing(opened, clock, lively, order):
    async with opened(fills="delayed", failure_percent=100, settlement_delay="5") as venue:
        market = await lively(venue)
        wanted = Subscription(channels=frozenset({Channel.FILL, Channel.POSITION}))
        async with venue.stream.subscribe(wanted) as updates:
            placed = await venue.orders.place_order(order(market.ref, market.yes.ask, 10))
            assert (await venue.account.list_positions(PositionQuery())).items[0].size == 10
            await clock.advance(6)
            await venue.account.get_balance()
            types = [(await anext(updates)).type for _ in range(5)]
        assert types[0] == "connection"
        assert "fill" in types
        assert "fill_reversed" in types
        (fill,) = (await venue.orders.list_fills(FillQuery())).items
        assert fill.settlement == "failed"
        (balance,) = await venue.account.get_balance()
        assert (balance.total, balance.reserved) == (10_000, 0)
        assert (await venue.account.list_positions(PositionQuery())).items == ()
        undone = await venue.orders.get_order(placed.ref)
        assert (undone.filled, undone.fees) == (0, 0)
        assert undone.reject_reason
        venue.orders._house.floor.exchange.assert_balanced()


async def test_some_fills_fail_and_the_rest_stands(opened, clock, lively, order):
    async with opened(fills="delayed", failure_percent=50) as venue:
        market = await lively(venue)
        for _ in range(12):
            await venue.orders.place_order(order(market.ref, market.yes.ask, 5))
        await clock.advance(60)
        fills = (await venue.orders.list_fills(FillQuery())).items
        kept = [fill for fill in fills if fill.settlement == "confirmed"]
        assert 0 < len(kept) < len(fills)
        (position,) = (await venue.account.list_positions(PositionQuery())).items
        assert position.size == sum(fill.size for fill in kept)
        (balance,) = await venue.account.get_balance()
        spent = sum((fill.price * fill.size + fill.fee for fill in kept), Decimal(0))
        assert balance.total == 10_000 - spent
