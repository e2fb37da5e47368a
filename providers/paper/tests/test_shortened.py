"""Orders of which part can never be filled: cut to what they may reduce, or filled and undone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core import FillQuery, OrderStatus, PositionQuery

pytestmark = pytest.mark.anyio

DELAYED = {"fills": "delayed", "settlement_delay": "5"}


async def hold(venue, market, order, size):
    """Hold YES contracts and nothing else."""
    taken = await venue.orders.place_order(order(market.ref, "0.99", size, time_in_force="ioc"))
    assert taken.filled == size


def sell(order, market, price, size, **more):
    return order(market.ref, price, size, action="sell", reduce_only=True, **more)


def shape(one):
    return one.status, one.size, one.filled, one.remaining


async def test_an_order_cut_and_traded_is_not_called_filled(venue, lively, order):
    market = await lively(venue)
    await hold(venue, market, order, 1)
    sold = await venue.orders.place_order(sell(order, market, market.yes.bid, 150, time_in_force="ioc"))
    assert shape(sold) == (OrderStatus.CANCELED, 150, 1, 0)
    assert "nothing was left to reduce" in sold.reject_reason
    assert await venue.orders.get_order(sold.ref) == sold


async def test_an_order_that_fits_is_called_filled(venue, lively, order):
    market = await lively(venue)
    await hold(venue, market, order, 5)
    sold = await venue.orders.place_order(sell(order, market, market.yes.bid, 5))
    assert shape(sold) == (OrderStatus.FILLED, 5, 5, 0)
    assert sold.reject_reason is None


async def test_a_resting_order_says_what_was_cut_off(venue, lively, order):
    market = await lively(venue)
    await hold(venue, market, order, 11)
    wanted = order(market.ref, "0.02", 37, outcome="no", reduce_only=True)
    resting = await venue.orders.place_order(wanted)
    assert shape(resting) == (OrderStatus.OPEN, 37, 0, 11)
    assert resting.reject_reason == "26 contracts taken off: nothing was left to reduce"
    ended = await venue.orders.cancel_order(resting.ref)
    assert shape(ended) == (OrderStatus.CANCELED, 37, 0, 0)
    assert "26 contracts" in ended.reject_reason


async def test_a_resting_order_is_cut_when_the_position_shrinks(venue, lively, order):
    market = await lively(venue)
    await hold(venue, market, order, 11)
    resting = await venue.orders.place_order(sell(order, market, "0.99", 10))
    assert (resting.remaining, resting.reject_reason) == (10, None)
    await venue.orders.place_order(order(market.ref, market.yes.bid, 4, action="sell", time_in_force="ioc"))
    once = await venue.orders.get_order(resting.ref)
    assert shape(once) == (OrderStatus.OPEN, 10, 0, 7)
    assert once.reject_reason.startswith("3 contracts")
    await venue.orders.place_order(order(market.ref, "0.01", 2, action="sell", time_in_force="ioc"))
    twice = await venue.orders.get_order(resting.ref)
    assert shape(twice) == (OrderStatus.OPEN, 10, 0, 5)
    assert twice.reject_reason.startswith("5 contracts")


@pytest.mark.parametrize("restart", [False, True])
async def test_a_cut_order_that_trades_later_is_not_called_filled(opened, clock, lively, order, restart):
    async with opened() as venue:
        market = await lively(venue)
        await hold(venue, market, order, 3)
        resting = await venue.orders.place_order(sell(order, market, market.yes.ask, 20))
        assert resting.remaining == 3
        if not restart:
            assert shape(await traded(venue, clock, resting)) == (OrderStatus.CANCELED, 20, 3, 0)
    if restart:
        async with opened() as venue:
            assert await venue.orders.get_order(resting.ref) == resting
            assert shape(await traded(venue, clock, resting)) == (OrderStatus.CANCELED, 20, 3, 0)


async def traded(venue, clock, resting):
    for _ in range(60):
        await clock.advance(600)
        seen = await venue.orders.get_order(resting.ref)
        if seen.filled == 3:
            return seen
    raise AssertionError("nobody took the order")


@pytest.mark.parametrize("restart", [False, True])
async def test_a_cut_order_is_made_smaller_by_what_is_asked(opened, lively, order, restart):
    async with opened() as venue:
        market = await lively(venue)
        await hold(venue, market, order, 11)
        resting = await venue.orders.place_order(sell(order, market, "0.99", 37))
        if not restart:
            less = await venue.amend.decrease_order(resting.ref, by=Decimal(3))
    if restart:
        async with opened() as venue:
            less = await venue.amend.decrease_order(resting.ref, by=Decimal(3))
    assert shape(less) == (OrderStatus.OPEN, 34, 0, 8)
    assert less.reject_reason.startswith("26 contracts")


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize(
    "total, ended, cut",
    [(11, OrderStatus.FILLED, None), (6, OrderStatus.FILLED, None), (30, OrderStatus.CANCELED, "19")],
)
async def test_an_amended_order_is_asked_anew(opened, lively, order, restart, total, ended, cut):
    async with opened() as venue:
        market = await lively(venue)
        await hold(venue, market, order, 11)
        resting = await venue.orders.place_order(sell(order, market, "0.99", 37))
        wanted = {"price": market.yes.bid, "size": Decimal(total)}
        if not restart:
            moved = await venue.amend.amend_order(resting.ref, **wanted)
    if restart:
        async with opened() as venue:
            moved = await venue.amend.amend_order(resting.ref, **wanted)
    assert shape(moved) == (ended, total, min(total, 11), 0)
    assert (moved.reject_reason or "").split(" ")[0] == (cut or "")


async def test_an_order_decided_later_is_not_called_filled(opened, clock, lively, order):
    async with opened(acceptance="asynchronous") as venue:
        market = await lively(venue)
        await venue.orders.place_order(order(market.ref, "0.99", 2, time_in_force="ioc"))
        await clock.advance(2)
        sold = await venue.orders.place_order(sell(order, market, "0.01", 9, time_in_force="ioc"))
        assert sold.status is OrderStatus.PENDING
        await clock.advance(2)
        assert shape(await venue.orders.get_order(sold.ref)) == (OrderStatus.CANCELED, 9, 2, 0)


async def test_an_order_whose_fill_was_undone_is_not_called_filled(opened, clock, lively, order):
    async with opened(failure_percent=100, **DELAYED) as venue:
        market = await lively(venue)
        placed = await venue.orders.place_order(order(market.ref, market.yes.ask, 10))
        assert placed.status is OrderStatus.FILLED
        await clock.advance(6)
        undone = await venue.orders.get_order(placed.ref)
        assert shape(undone) == (OrderStatus.CANCELED, 10, 0, 0)
        assert (undone.filled_notional, undone.average_price) == (0, None)
        assert undone.reject_reason == "a fill was undone by the exchange"
    async with opened(failure_percent=100, **DELAYED) as venue:
        assert await venue.orders.get_order(placed.ref) == undone


async def test_a_working_order_whose_fill_was_undone_works_on(opened, clock, lively, order):
    async with opened(failure_percent=100, **DELAYED) as venue:
        market = await lively(venue, "TNY")
        best = (await venue.books.get_book(market.ref)).best_ask
        placed = await venue.orders.place_order(order(market.ref, best.price, best.size + 100))
        assert shape(placed) == (OrderStatus.PARTIAL, best.size + 100, best.size, 100)
        moved = await venue.amend.amend_order(placed.ref, price=Decimal("0.01"), size=best.size + 100)
        assert moved.remaining == 100
        await clock.advance(6)
        undone = await venue.orders.get_order(placed.ref)
        assert shape(undone) == (OrderStatus.OPEN, best.size + 100, 0, 100)
        assert undone.reject_reason
        again = await venue.amend.amend_order(placed.ref, price=Decimal("0.01"), size=Decimal(70))
        assert shape(again) == (OrderStatus.OPEN, 70, 0, 70)
        assert again.reject_reason is None


async def test_an_undone_fill_of_a_curve_leaves_no_money_behind(opened, clock, on_curve, order):
    async with opened(failure_percent=100, **DELAYED) as venue:
        curve = await on_curve(venue)
        placed = await venue.orders.place_order(order(curve.ref, "0.99", "12.34", time_in_force="ioc"))
        assert placed.filled_notional > 0
        await clock.advance(6)
        undone = await venue.orders.get_order(placed.ref)
        assert (undone.filled, undone.filled_notional, undone.fees) == (0, 0, 0)
        (fill,) = (await venue.orders.list_fills(FillQuery())).items
        assert fill.settlement == "failed"
        assert (await venue.account.list_positions(PositionQuery())).items == ()
