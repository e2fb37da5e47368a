"""What taking from a book costs, against a slow reckoning and its own laws."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core import Action, FeeCertainty, Level, Liquidity, NoFee, OrderBook, QuadraticFee
from pmi_core.analysis.cost import fill_cost
from pmi_core.models import FlatFee

NOW = datetime(2026, 1, 5, tzinfo=UTC)
CENT = Decimal("0.01")


@st.composite
def books(draw):
    cents = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=12)))
    cut = draw(st.integers(0, len(cents)))
    size = st.decimals("0.01", "1000", places=2)
    bids = [Level(price=one * CENT, size=draw(size)) for one in reversed(cents[:cut])]
    asks = [Level(price=one * CENT, size=draw(size)) for one in cents[cut:]]
    return OrderBook(market_ref="v:M", bids=bids, asks=asks, received_time=NOW)


sizes = st.decimals("0.01", "3000", places=2)
actions = st.sampled_from(Action)
limits = st.integers(1, 99).map(lambda cents: cents * CENT) | st.none()


@given(books(), actions, sizes, limits)
def test_a_size_is_taken_best_price_first_within_the_limit(book, action, size, limit):
    got = fill_cost(book, action, size=size, limit=limit)
    side = book.asks if action is Action.BUY else book.bids
    left, cost = size, Decimal(0)
    for level in side:
        if limit is not None and (level.price > limit if action is Action.BUY else level.price < limit):
            break
        take = min(left, level.size)
        left, cost = left - take, cost + take * level.price
    assert (got.size, got.cost, got.complete) == (size - left, cost, left == 0)
    assert got.size == sum(level.size for level in got.levels)
    assert got.size <= got.available
    if got.size:
        low, high = sorted((got.levels[0].price, got.worst_price))
        assert low <= got.average_price <= high + Decimal("1e-10")
        assert limit is None or (
            got.worst_price <= limit if action is Action.BUY else got.worst_price >= limit
        )
    else:
        assert got.average_price is None
        assert got.worst_price is None


@given(books(), actions, sizes)
def test_money_is_never_exceeded(book, action, notional):
    got = fill_cost(book, action, notional=notional, size_step=Decimal("0.01"))
    assert got.cost <= notional
    assert got.size % Decimal("0.01") == 0
    side = book.asks if action is Action.BUY else book.bids
    if not got.complete:
        assert got.levels == side
    elif got.levels and got.levels[-1] not in side:  # what is left buys no further step
        assert notional - got.cost < CENT * got.levels[-1].price + Decimal("1e-9")


@given(books(), actions, sizes, sizes)
def test_more_costs_no_less(book, action, one, more):
    small, large = fill_cost(book, action, size=one), fill_cost(book, action, size=one + more)
    assert small.cost <= large.cost
    assert small.size <= large.size
    if small.average_price is not None:
        worse = large.average_price - small.average_price
        assert worse >= -Decimal("1e-9") if action is Action.BUY else worse <= Decimal("1e-9")


@given(books(), actions, sizes)
def test_the_other_outcome_is_the_mirror(book, action, size):
    here, there = fill_cost(book, action, size=size), fill_cost(book.mirror(), action.opposite, size=size)
    assert here.size == there.size
    assert here.cost + there.cost == here.size


@given(books(), actions, sizes)
def test_fees_are_those_of_a_fill_a_level(book, action, size):
    schedule = QuadraticFee(taker_rate="0.07", step="0.01")
    got = fill_cost(book, action, size=size, fees=schedule)
    assert got.fees == sum(
        schedule.estimate(one.price, one.size, Liquidity.TAKER).amount for one in got.levels
    )
    assert (got.fees_certainty is FeeCertainty.EXACT) == (len(got.levels) <= 1)
    assert fill_cost(book, action, size=size, fees=NoFee()).fees_certainty is FeeCertainty.EXACT


def test_fees_of_settlement_are_not_paid_when_trading():
    book = OrderBook(market_ref="v:M", asks=[Level(price="0.5", size="10")], received_time=NOW)
    fee = FlatFee(taker_rate="0.1", when="settlement")
    assert fill_cost(book, Action.BUY, size=Decimal(5), fees=fee).fees == 0


@pytest.mark.parametrize("measure", [{}, {"size": Decimal(1), "notional": Decimal(1)}, {"size": Decimal(0)}])
def test_exactly_one_measure_is_given(measure):
    book = OrderBook(market_ref="v:M", received_time=NOW)
    with pytest.raises(ValueError, match="exactly one"):
        fill_cost(book, Action.BUY, **measure)
