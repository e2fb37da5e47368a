"""Order groups stop what goes too fast."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import InvalidOrder, NotFound, OrderRefused
from pmi_core.exchange import ExchangeSettings, Retention, commands
from pmi_core.exchange.events import CancelReason, OrderCanceled
from pmi_core.models import OrderStatus


@pytest.fixture
def group(desk):
    """ann's group of 10 contracts in 15 seconds."""
    happened = desk.do(commands.CreateGroup, account="ann", limit=Decimal(10))
    return happened[-1].group_id


def test_limit_stops_the_group_and_is_never_passed(desk, group):
    orders = [desk.place("ann", "buy yes", price, 6, group_id=group) for price in ("0.50", "0.49", "0.48")]
    taker = desk.place("bob", "sell yes", "0.48", 18)
    assert taker.filled == 10
    assert [desk.look(order).filled for order in orders] == [6, 4, 0]
    assert desk.look(orders[2]).cancel_reason is CancelReason.GROUP
    assert desk.book() == [[], [("0.48", 8)]]
    view = desk.exchange.group(group)
    assert (view.triggered, view.used, view.orders) == (True, 10, ())
    assert desk.reject(OrderRefused, "ann", "buy yes", "0.40", 1, group_id=group).code == "group_triggered"


def test_window_rolls(desk, group):
    desk.place("ann", "buy yes", "0.50", 30, group_id=group)
    desk.place("bob", "sell yes", "0.50", 6)
    desk.wait(14)
    assert desk.place("bob", "sell yes", "0.50", 3).filled == 3
    desk.wait(1)
    assert desk.place("bob", "sell yes", "0.50", 6).filled == 6
    assert not desk.exchange.group(group).triggered
    desk.place("cat", "buy yes", "0.40", 9)
    assert desk.place("bob", "sell yes", "0.40", 9).filled == 9
    assert desk.exchange.group(group).triggered


def test_limit_counts_the_taker_too(desk, group):
    desk.place("bob", "sell yes", "0.50", 30)
    order = desk.place("ann", "buy yes", "0.50", 12, group_id=group)
    assert (order.filled, order.canceled, order.cancel_reason) == (10, 2, CancelReason.GROUP)


def test_fill_or_kill_sees_the_limit(desk, group):
    desk.place("ann", "sell yes", "0.50", 30, group_id=group)
    desk.reject(OrderRefused, "bob", "buy yes", "0.50", 11, time_in_force="fok")
    assert desk.place("bob", "buy yes", "0.50", 10, time_in_force="fok").status is OrderStatus.FILLED


def test_reset_lets_it_work_again(desk, group):
    order = desk.place("ann", "buy yes", "0.50", 6, group_id=group)
    desk.do(commands.TriggerGroup, account="ann", group_id=group)
    assert desk.look(order).cancel_reason is CancelReason.GROUP
    assert desk.do(commands.TriggerGroup, account="ann", group_id=group) == ()
    desk.do(commands.ResetGroup, account="ann", group_id=group)
    assert desk.place("ann", "buy yes", "0.50", 6, group_id=group).status is OrderStatus.OPEN


def test_lower_limit_triggers_what_is_over_it(desk, group):
    order = desk.place("ann", "buy yes", "0.50", 9, group_id=group)
    desk.place("bob", "sell yes", "0.50", 5)
    desk.do(commands.SetGroupLimit, account="ann", group_id=group, limit=Decimal(6))
    assert not desk.exchange.group(group).triggered
    desk.do(commands.SetGroupLimit, account="ann", group_id=group, limit=Decimal(5))
    assert desk.exchange.group(group).triggered
    assert desk.look(order).status is OrderStatus.CANCELED


def test_deleted_group_takes_its_orders_along(desk, group):
    order = desk.place("ann", "buy yes", "0.50", 9, group_id=group)
    desk.do(commands.DeleteGroup, account="ann", group_id=group)
    assert desk.look(order).status is OrderStatus.CANCELED
    assert desk.exchange.groups("ann") == ()
    with pytest.raises(NotFound):
        desk.exchange.group(group)


def test_groups_are_their_owners(desk, group):
    desk.reject(NotFound, "bob", "buy yes", "0.50", 1, group_id=group)
    desk.refused(NotFound, commands.ResetGroup, account="bob", group_id=group)


@pytest.mark.parametrize(
    "facts", [{"limit": Decimal(0)}, {"limit": 5}, {"limit": Decimal(5), "window_seconds": 0}]
)
def test_limits_make_sense(desk, facts):
    desk.refused(InvalidOrder, commands.CreateGroup, account="ann", **facts)


def test_group_finer_than_a_market_never_crosses_its_book(desk):
    desk.list_market("F", size_step=Decimal("0.5"))
    group = desk.do(commands.CreateGroup, account="ann", limit=Decimal(10))[-1].group_id
    desk.place("ann", "buy yes", "0.50", "9.5", group_id=group, market_id="F")
    whole = desk.place("ann", "buy yes", "0.50", 5, group_id=group)
    desk.place("bob", "sell yes", "0.50", "9.5", market_id="F")
    taker = desk.place("bob", "sell yes", "0.50", 5)
    assert taker.filled == 0
    assert desk.look(whole).cancel_reason is CancelReason.GROUP
    assert desk.book() == [[], [("0.5", 5)]]


def test_trigger_passes_over_what_its_own_cancels_have_trimmed(new_desk):
    desk = new_desk(settings=ExchangeSettings(retention=Retention(orders=0)))
    desk.place("bob", "sell yes", "0.50", 20)
    desk.place("ann", "buy yes", "0.50", 20)
    group = desk.do(commands.CreateGroup, account="ann", limit=Decimal(20))[-1].group_id
    plain = desk.place("ann", "sell yes", "0.90", 1, group_id=group)
    closing = desk.place("ann", "sell yes", "0.60", 19, group_id=group, reduce_only=True)
    desk.place("cat", "buy yes", "0.40", 20)
    taker = desk.order("ann", "sell yes", "0.40", 20, group_id=group, time_in_force="ioc")
    happened = desk.do(commands.PlaceOrder, **taker)
    canceled = {one.order_id: one.reason for one in happened if isinstance(one, OrderCanceled)}
    assert canceled == {plain.id: CancelReason.GROUP, closing.id: CancelReason.REDUCE_ONLY}
    assert desk.exchange.group(group).orders == ()
