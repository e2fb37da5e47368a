"""What aligning balances adds to the fees of an order is given back once it has come together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmi_core.models import QuadraticFee

CENTS = QuadraticFee(taker_rate=Decimal("0.034"), step=Decimal("0.0001"), alignment=Decimal("0.01"))
"""A lot at half a dollar costs 0.0085, and 0.0015 more with the balance in cents."""


def fees_of(desk, order):
    return [fill.fee for fill in reversed(desk.exchange.fills("ann", order_id=order.id))]


def taken(desk, fills):
    """Offers that one order takes one after the other; gives that order and the fees of its fills."""
    for _ in range(fills):
        desk.place("bob", "sell yes", "0.50", 1)
    order = desk.place("ann", "buy yes", "0.50", fills)
    return order, fees_of(desk, order)


@pytest.mark.parametrize(
    "rebates, fees",
    [(False, ["0.01"] * 8), (True, ["0.01"] * 6 + ["0", "0.01"])],
)
def test_additions_beyond_the_alignment_are_given_back(new_desk, rebates, fees):
    desk = new_desk(fees=CENTS, fee_rebates=rebates)
    order, found = taken(desk, 8)
    assert found == [Decimal(fee) for fee in fees]
    assert order.fees == sum(found)
    assert desk.cash("ann") == 1000 - 4 - sum(found)


def test_every_order_begins_anew(new_desk):
    desk = new_desk(fees=CENTS, fee_rebates=True)
    assert sum(taken(desk, 6)[1]) == Decimal("0.06")
    assert sum(taken(desk, 6)[1]) == Decimal("0.06")


def test_makers_fills_count_with_the_takers_of_their_order(new_desk):
    desk = new_desk(fees=CENTS.model_copy(update={"maker_rate": CENTS.taker_rate}), fee_rebates=True)
    for _ in range(3):
        desk.place("bob", "sell yes", "0.50", 1)
    order = desk.place("ann", "buy yes", "0.50", 8)
    for _ in range(5):
        desk.place("bob", "sell yes", "0.50", 1)
    assert fees_of(desk, order) == [Decimal(fee) for fee in ["0.01"] * 6 + ["0", "0.01"]]
