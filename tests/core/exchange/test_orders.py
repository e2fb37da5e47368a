"""Kinds of orders, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import (
    BelowMinimum,
    Duplicate,
    InvalidOrder,
    NotFound,
    OffGrid,
    OrderRefused,
    WouldCross,
)
from pmi_core.exchange import commands
from pmi_core.exchange.events import CancelReason
from pmi_core.models import OrderStatus, PriceRange, RangesGrid, SelfTradePolicy


def test_meets_the_best_price_first_and_the_first_comer_first(desk):
    late = [desk.place("ann", "sell yes", "0.52", 5), desk.place("ann", "sell yes", "0.50", 5)]
    desk.place("bob", "sell yes", "0.50", 5)
    taker = desk.place("cat", "buy yes", "0.52", 12)
    assert taker.status is OrderStatus.FILLED
    assert taker.average_price == (Decimal("0.50") * 10 + Decimal("0.52") * 2) / 12
    assert [(fill.account, fill.size) for fill in desk.exchange.fills("cat")] == [
        ("cat", 2),
        ("cat", 5),
        ("cat", 5),
    ]
    assert [desk.look(order).filled for order in late] == [2, 5]
    assert desk.book() == [[], [("0.52", 3)]]


def test_fills_happen_at_the_resting_price(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    assert desk.place("bob", "buy yes", "0.90", 5).average_price == Decimal("0.4")


def test_what_is_left_of_a_resting_order_rests(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    order = desk.place("bob", "buy yes", "0.45", 8)
    assert order.status is OrderStatus.PARTIAL
    assert (order.filled, order.remaining, order.canceled) == (5, 3, 0)
    assert desk.book() == [[("0.45", 3)], []]


def test_buying_no_is_selling_yes_on_the_one_book(desk):
    desk.place("ann", "buy no", "0.60", 5)
    assert desk.book() == [[], [("0.4", 5)]]
    order = desk.place("bob", "buy yes", "0.40", 5)
    assert order.filled == 5
    assert (desk.held("ann"), desk.held("bob")) == (-5, 5)
    (fill,) = desk.exchange.fills("ann")
    assert fill.price == Decimal("0.6")


def test_immediate_order_cancels_what_it_cannot_fill(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    order = desk.place("bob", "buy yes", "0.40", 8, time_in_force="ioc")
    assert order.status is OrderStatus.CANCELED
    assert (order.filled, order.remaining, order.canceled) == (5, 0, 3)
    assert order.cancel_reason is CancelReason.UNFILLED
    assert desk.book() == [[], []]


def test_fill_or_kill_fills_all_or_does_not_exist(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    assert desk.reject(OrderRefused, "bob", "buy yes", "0.40", 6, time_in_force="fok").code == "fill_or_kill"
    assert desk.place("bob", "buy yes", "0.40", 5, time_in_force="fok").status is OrderStatus.FILLED


def test_post_only_never_takes(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    desk.reject(WouldCross, "bob", "buy yes", "0.40", 5, post_only=True)
    assert desk.place("bob", "buy yes", "0.39", 5, post_only=True).status is OrderStatus.OPEN


def test_good_till_date_expires(desk):
    order = desk.place("ann", "buy yes", "0.40", 5, time_in_force="gtd", expires_at=desk.at(60))
    desk.wait(59)
    assert desk.look(order).status is OrderStatus.OPEN
    desk.wait(1)
    assert desk.look(order).status is OrderStatus.EXPIRED
    assert desk.available("ann") == 1000


def test_time_passes_before_a_command_even_a_refused_one(desk):
    order = desk.place("ann", "sell yes", "0.40", 5, time_in_force="gtd", expires_at=desk.at(60))
    desk.now = desk.at(61)
    with pytest.raises(NotFound):
        desk.do(commands.CancelOrder, account="ann", order_id="none")
    assert desk.look(order).status is OrderStatus.EXPIRED


@pytest.mark.parametrize("expires_at", [None, -1, 0])
def test_an_expiry_lies_in_the_future(desk, expires_at):
    moment = None if expires_at is None else desk.at(expires_at)
    desk.reject(InvalidOrder, "ann", "buy yes", "0.40", 5, time_in_force="gtd", expires_at=moment)


def test_expiry_goes_with_gtd_only(desk):
    desk.reject(InvalidOrder, "ann", "buy yes", "0.40", 5, expires_at=desk.at(60))


def test_reduce_only_is_capped_at_the_position(desk):
    desk.place("ann", "sell yes", "0.40", 5)
    desk.place("bob", "buy yes", "0.40", 5)
    desk.place("ann", "buy yes", "0.35", 20)
    order = desk.place("bob", "sell yes", "0.35", 9, reduce_only=True)
    assert (order.filled, order.canceled, order.status) == (5, 4, OrderStatus.CANCELED)
    assert desk.held("bob") == 0


def test_reduce_only_without_position_is_refused(desk):
    assert (
        desk.reject(OrderRefused, "bob", "sell yes", "0.35", 9, reduce_only=True).code == "nothing_to_reduce"
    )


def test_resting_reduce_only_shrinks_with_the_position(desk):
    desk.place("ann", "sell yes", "0.40", 10)
    desk.place("bob", "buy yes", "0.40", 10)
    resting = desk.place("bob", "sell yes", "0.60", 10, reduce_only=True)
    desk.place("ann", "buy yes", "0.50", 7)
    desk.place("bob", "sell yes", "0.50", 7)
    assert desk.look(resting).remaining == 3
    desk.place("ann", "buy yes", "0.50", 3)
    desk.place("bob", "sell yes", "0.50", 3)
    assert desk.look(resting).status is OrderStatus.CANCELED
    assert desk.book() == [[], []]


def test_notional_buys_what_the_money_pays_for(desk):
    desk.place("ann", "sell yes", "0.20", 10)
    order = desk.place("bob", "buy yes", "0.50", notional=Decimal(5))
    assert (order.size, order.filled, order.remaining) == (16, 10, 6)
    assert order.filled_notional == 2
    assert 1000 - desk.available("bob") == 5


def test_notional_sale_raises_no_more_than_asked(desk):
    desk.place("ann", "buy yes", "0.80", 10)
    order = desk.place("bob", "sell yes", "0.10", notional=Decimal(5))
    assert order.filled_notional == Decimal("4.80")
    assert order.status is OrderStatus.FILLED
    assert desk.book() == [[("0.8", 4)], []]


def test_notional_too_small_for_a_contract_is_refused(desk):
    desk.reject(BelowMinimum, "bob", "buy yes", "0.50", notional=Decimal("0.49"))


@pytest.mark.parametrize("size, notional", [(None, None), (1, Decimal(1))])
def test_an_order_has_one_measure(desk, size, notional):
    desk.reject(InvalidOrder, "bob", "buy yes", "0.50", size, notional=notional)


@pytest.mark.parametrize("price", ["0.005", "0", "1", "-0.5", "0.1234567", "1.5"])
def test_price_between_ticks_is_refused(desk, price):
    desk.reject(OffGrid, "ann", "buy yes", price, 1)


def test_tick_may_differ_along_the_prices(new_desk):
    fine = PriceRange(start=Decimal(0), end=Decimal("0.1"), step=Decimal("0.001"))
    coarse = PriceRange(start=Decimal("0.1"), end=Decimal(1), step=Decimal("0.01"))
    desk = new_desk(price_grid=RangesGrid(ranges=(fine, coarse)))
    assert desk.place("ann", "buy yes", "0.099", 1).status is OrderStatus.OPEN
    desk.reject(OffGrid, "ann", "buy yes", "0.199", 1)
    assert desk.place("ann", "sell no", "0.901", 1).price == Decimal("0.901")
    assert desk.book() == [[("0.099", 2)], []]


@pytest.mark.parametrize("size", ["0", "-1", "0.001", "1.005"])
def test_size_off_the_step_is_refused(new_desk, size):
    desk = new_desk(size_step=Decimal("0.01"))
    desk.reject(BelowMinimum, "ann", "buy yes", "0.5", size)


def test_size_below_the_minimum_is_refused(new_desk):
    desk = new_desk(size_step=Decimal("0.01"), min_size=Decimal(2))
    desk.reject(BelowMinimum, "ann", "buy yes", "0.5", "1.99")
    assert desk.place("ann", "buy yes", "0.5", "2.01").remaining == Decimal("2.01")


@pytest.mark.parametrize("field", ["price", "size"])
@pytest.mark.parametrize("value", [0.5, 1, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")])
def test_only_exact_numbers_are_taken(desk, field, value):
    order = desk.order("ann", "buy yes", "0.5", 1) | {field: value}
    desk.refused(InvalidOrder, commands.PlaceOrder, **order)


@pytest.mark.parametrize(
    "field, value",
    [("outcome", "yes"), ("action", "buy"), ("time_in_force", "ioc"), ("self_trade", "cancel_maker")],
)
def test_text_is_no_member_of_an_enumeration(desk, field, value):
    desk.refused(InvalidOrder, commands.PlaceOrder, **desk.order("ann", "buy yes", "0.5", 1) | {field: value})


@pytest.mark.parametrize("notional", [0.5, 1, Decimal("NaN"), Decimal(-1), Decimal("1e-13"), Decimal("1e19")])
def test_notional_is_money(desk, notional):
    desk.reject(InvalidOrder, "ann", "buy yes", "0.5", notional=notional)


def test_client_order_id_is_used_once_for_ever(desk):
    order = desk.place("ann", "buy yes", "0.5", 1, client_order_id="mine")
    desk.do(commands.CancelOrder, account="ann", order_id=order.id)
    desk.reject(Duplicate, "ann", "buy yes", "0.5", 1, client_order_id="mine")
    assert desk.place("bob", "buy yes", "0.5", 1, client_order_id="mine").status is OrderStatus.OPEN


def test_self_trade_stops_the_taker(desk):
    desk.place("bob", "sell yes", "0.40", 3)
    own = desk.place("ann", "sell yes", "0.41", 5)
    desk.place("bob", "sell yes", "0.42", 3)
    order = desk.place("ann", "buy yes", "0.45", 9)
    assert (order.filled, order.remaining, order.canceled) == (3, 0, 6)
    assert order.cancel_reason is CancelReason.SELF_TRADE
    assert desk.look(own).remaining == 5


def test_self_trade_takes_the_maker_out(desk):
    own = desk.place("ann", "sell yes", "0.41", 5)
    desk.place("bob", "sell yes", "0.42", 3)
    order = desk.place("ann", "buy yes", "0.45", 9, self_trade=SelfTradePolicy.CANCEL_MAKER)
    assert (order.filled, order.remaining) == (3, 6)
    assert desk.look(own).cancel_reason is CancelReason.SELF_TRADE


def test_fill_or_kill_that_would_meet_itself_is_refused_whole(desk):
    desk.place("bob", "sell yes", "0.40", 3)
    desk.place("ann", "sell yes", "0.41", 5)
    assert desk.reject(OrderRefused, "ann", "buy yes", "0.45", 5, time_in_force="fok").code == "self_trade"
    assert desk.place("ann", "buy yes", "0.45", 3, time_in_force="fok").filled == 3


def test_unknown_things_are_not_found(desk):
    desk.reject(NotFound, "ann", "buy yes", "0.5", 1, market_id="none")
    desk.reject(NotFound, "dan", "buy yes", "0.5", 1)
    desk.reject(NotFound, "ann", "buy yes", "0.5", 1, group_id="g9")
    order = desk.place("ann", "buy yes", "0.5", 1)
    desk.refused(NotFound, commands.CancelOrder, account="bob", order_id=order.id)
