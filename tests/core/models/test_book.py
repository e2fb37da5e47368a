"""Books are best first, not crossed, and mirrored twice themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pmi_core import BookSource, Level, OrderBook, OutcomeSide

TIME = "2026-01-02T03:04:05Z"


def book(bids=(), asks=(), **facts):
    levels = {
        "bids": tuple(Level(price=price, size=1) for price in bids),
        "asks": tuple(Level(price=price, size=1) for price in asks),
    }
    return OrderBook(market_ref="coin:HEADS", received_time=TIME, **levels, **facts)


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_mirrored_twice_is_itself(drawn, data):
    one = data.draw(drawn(OrderBook))
    assert one.mirror().mirror() == one


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_a_mirror_turns_prices_and_sides_around(drawn, data):
    one = data.draw(drawn(OrderBook))
    other = one.mirror()
    assert other.outcome is one.outcome.opposite
    assert [(1 - level.price, level.size) for level in other.bids] == [
        (level.price, level.size) for level in one.asks
    ]
    assert [(1 - level.price, level.size) for level in other.asks] == [
        (level.price, level.size) for level in one.bids
    ]
    assert other.spread == one.spread
    assert (other.sequence, other.received_time, other.state, other.firm) == (
        *(one.sequence, one.received_time, one.state, one.firm),
    )
    if one.mid is not None:
        assert other.mid == 1 - one.mid


def test_a_mirror_keeps_every_digit():
    fine = "0.123456789012345678901234567891"
    one = book(bids=[fine])
    assert str(one.mirror().asks[0].price) == "0.876543210987654321098765432109"
    assert one.mirror().mirror() == one


def test_where_a_mirror_comes_from():
    one = book(bids=["0.4"])
    assert one.mirror().source is BookSource.MIRROR
    assert book(source="curve").mirror().source is BookSource.CURVE


@pytest.mark.parametrize(
    "bids, asks, said",
    [
        (["0.4", "0.5"], [], "highest"),
        (["0.4", "0.4"], [], "one level a price"),
        ([], ["0.5", "0.4"], "lowest"),
        ([], ["0.5", "0.5"], "one level a price"),
        (["0.5"], ["0.5"], "crossed"),
        (["0.6", "0.5"], ["0.55"], "crossed: bid 0.6 against ask 0.55"),
    ],
)
def test_a_book_out_of_order_is_refused(bids, asks, said):
    with pytest.raises(ValidationError, match=said):
        book(bids, asks)


@pytest.mark.parametrize("size", ["0", "-1", 1.5])
def test_a_level_has_something_in_it(size):
    with pytest.raises(ValidationError):
        Level(price="0.5", size=size)


def test_the_best_of_a_book():
    one = book(["0.4", "0.3"], ["0.45", "0.5"])
    assert (one.best_bid.price, one.best_ask.price) == (Decimal("0.4"), Decimal("0.45"))
    assert (one.mid, one.spread) == (Decimal("0.425"), Decimal("0.05"))


@pytest.mark.parametrize("bids, asks", [([], []), (["0.4"], []), ([], ["0.4"])])
def test_a_side_without_orders_has_no_best_and_no_middle(bids, asks):
    one = book(bids, asks)
    assert (one.mid, one.spread) == (None, None)
    assert (one.best_bid is None) == (not bids)
    assert (one.best_ask is None) == (not asks)


def test_a_book_speaks_of_yes_unless_it_says_otherwise():
    assert book().outcome is OutcomeSide.YES
