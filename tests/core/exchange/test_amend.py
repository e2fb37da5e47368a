"""Changing and canceling resting orders."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.errors import Duplicate, InsufficientFunds, InvalidOrder, WouldCross
from pmi_core.exchange import commands
from pmi_core.models import OrderStatus


@pytest.fixture
def queue(desk):
    """Three bids at one price: ann, bob, ann."""
    return [desk.place(name, "buy yes", "0.40", 5) for name in ("ann", "bob", "ann")]


def amend(desk, order, price, size, **facts):
    return desk.do(
        commands.AmendOrder,
        account=order.account,
        order_id=order.id,
        price=Decimal(price),
        size=Decimal(size),
        **facts,
    )


def ahead(desk, orders):
    return [desk.exchange.queue_ahead(order.id) for order in orders]


def test_queue_counts_contracts_ahead(desk, queue):
    better = desk.place("cat", "buy yes", "0.41", 2)
    assert ahead(desk, [better, *queue]) == [0, 2, 7, 12]


def test_smaller_keeps_its_place(desk, queue):
    amend(desk, queue[0], "0.40", 3)
    assert ahead(desk, queue) == [0, 3, 8]
    assert desk.look(queue[0]).size == 3


@pytest.mark.parametrize("price, size, expected", [("0.40", 6, [10, 0, 5]), ("0.39", 5, [10, 0, 5])])
def test_larger_or_dearer_goes_to_the_end(desk, queue, price, size, expected):
    amend(desk, queue[0], price, size)
    assert ahead(desk, queue) == expected


def test_a_price_and_back_loses_the_place(desk, queue):
    amend(desk, queue[0], "0.39", 5)
    amend(desk, queue[0], "0.40", 5)
    assert ahead(desk, queue) == [10, 0, 5]


def test_size_is_the_total_with_what_was_filled(desk, queue):
    desk.place("cat", "sell yes", "0.40", 2)
    amend(desk, queue[0], "0.40", 4)
    order = desk.look(queue[0])
    assert (order.size, order.filled, order.remaining, order.canceled) == (4, 2, 2, 0)
    desk.refused(
        InvalidOrder,
        commands.AmendOrder,
        account="ann",
        order_id=queue[0].id,
        price=Decimal("0.40"),
        size=Decimal(2),
    )


def test_amended_order_may_trade_at_once(desk, queue):
    desk.place("cat", "sell yes", "0.45", 4)
    happened = amend(desk, queue[1], "0.45", 6)
    assert desk.traded(happened) == [("0.45", 4)]
    assert desk.look(queue[1]).remaining == 2
    assert desk.book() == [[("0.45", 2), ("0.4", 10)], []]


def test_post_only_order_cannot_be_amended_across(desk):
    order = desk.place("ann", "buy yes", "0.40", 5, post_only=True)
    desk.place("cat", "sell yes", "0.45", 4)
    facts = {"account": "ann", "order_id": order.id, "price": Decimal("0.45"), "size": Decimal(5)}
    desk.refused(WouldCross, commands.AmendOrder, **facts)


def test_amend_needs_money_for_more(desk):
    order = desk.place("ann", "buy yes", "0.50", 1000)
    amend(desk, order, "0.50", 2000)
    facts = {"account": "ann", "order_id": order.id, "price": Decimal("0.50"), "size": Decimal(2001)}
    desk.refused(InsufficientFunds, commands.AmendOrder, **facts)


def test_amend_can_rename_and_move_the_expiry(desk):
    order = desk.place("ann", "buy yes", "0.50", 1)
    amend(desk, order, "0.50", 1, client_order_id="new", expires_at=desk.at(5))
    assert desk.exchange.find_by_client_id("ann", "new").id == order.id
    desk.reject(Duplicate, "ann", "buy yes", "0.5", 1, client_order_id=order.client_order_id)
    desk.wait(5)
    assert desk.look(order).status is OrderStatus.EXPIRED


def test_decrease_keeps_the_place(desk, queue):
    desk.do(commands.DecreaseOrder, account="ann", order_id=queue[0].id, by=Decimal(2))
    assert ahead(desk, queue) == [0, 3, 8]
    desk.do(commands.DecreaseOrder, account="ann", order_id=queue[0].id, by=Decimal(3))
    assert desk.look(queue[0]).status is OrderStatus.CANCELED
    facts = {"account": "bob", "order_id": queue[1].id, "by": Decimal(6)}
    desk.refused(InvalidOrder, commands.DecreaseOrder, **facts)


def test_cancel_is_idempotent(desk, queue):
    desk.do(commands.CancelOrder, account="ann", order_id=queue[0].id)
    before = desk.exchange.snapshot()
    assert desk.do(commands.CancelOrder, account="ann", order_id=queue[0].id) == ()
    assert desk.exchange.snapshot() == before


def test_terminal_order_cannot_be_amended(desk, queue):
    desk.do(commands.CancelOrder, account="ann", order_id=queue[0].id)
    facts = {"account": "ann", "order_id": queue[0].id, "price": Decimal("0.40"), "size": Decimal(1)}
    assert desk.refused(InvalidOrder, commands.AmendOrder, **facts).code == "terminal"


def test_cancel_all_takes_one_account_and_one_market(desk, queue):
    desk.list_market("N")
    elsewhere = desk.place("ann", "buy yes", "0.40", 5, market_id="N")
    desk.do(commands.CancelAll, account="ann", market_id="M")
    assert [order.id for order in desk.exchange.orders("ann", working=True)] == [elsewhere.id]
    assert desk.look(queue[1]).status is OrderStatus.OPEN
    desk.do(commands.CancelAll, account="ann")
    assert desk.exchange.orders("ann", working=True) == ()
    assert desk.available("ann") == 1000
