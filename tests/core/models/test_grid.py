"""Grids: snapping never passes the named direction, repeats itself, and lands where orders may stand."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pmi_core import LadderGrid, PriceGrid, PriceRange, RangesGrid, Rounding, SignificantGrid, cent_grid

PRICES = st.integers(0, 10**5).map(lambda units: Decimal(units).scaleb(-5))
INSIDE = st.integers(1, 10**5 - 1).map(lambda units: Decimal(units).scaleb(-5))
STEPS = st.sampled_from(["0.1", "0.05", "0.03", "0.01", "0.007", "0.001", "0.0001"]).map(Decimal)


@st.composite
def bands(draw):
    ends = sorted(draw(st.sets(PRICES, min_size=2, max_size=4)))
    return RangesGrid(ranges=tuple(PriceRange(start=a, end=b, step=draw(STEPS)) for a, b in pairwise(ends)))


RANGES = st.one_of(bands(), st.lists(bands(), min_size=2, max_size=2).map(lambda two: joined(*two)))
LADDERS = st.sets(INSIDE, min_size=1, max_size=12).map(
    lambda prices: LadderGrid(prices=tuple(sorted(prices)))
)
SIGNIFICANT = st.builds(SignificantGrid, figures=st.integers(1, 5), max_decimals=st.integers(1, 6))
GRIDS = st.one_of(RANGES, LADDERS, SIGNIFICANT)
DOWN = st.sampled_from([Rounding.FLOOR, Rounding.DOWN])
UP = st.sampled_from([Rounding.CEILING, Rounding.UP])


def joined(one, other):
    return RangesGrid(ranges=one.ranges + other.ranges)


def stands_on(grid, price):
    """The grid's own words, read anew: whether a price is one of its prices."""
    if isinstance(grid, LadderGrid):
        return price in grid.prices
    if isinstance(grid, RangesGrid):
        return any(
            band.start <= price <= band.end and (price - band.start) % band.step == 0 for band in grid.ranges
        )
    digits = price.normalize().as_tuple()
    return len(digits.digits) <= grid.figures and -digits.exponent <= grid.max_decimals


@given(GRIDS, PRICES, DOWN)
def test_down_never_gives_more(grid, price, towards):
    found = grid.snap(price, towards=towards)
    assert found is None or (0 < found <= price and found < 1)


@given(GRIDS, PRICES, UP)
def test_up_never_gives_less(grid, price, towards):
    found = grid.snap(price, towards=towards)
    assert found is None or (price <= found < 1 and found > 0)


@given(GRIDS, PRICES, st.sampled_from(Rounding))
def test_what_is_snapped_is_on_the_grid_and_stays(grid, price, towards):
    found = grid.snap(price, towards=towards)
    if found is not None:
        assert stands_on(grid, found)
        assert grid.contains(found)
        assert {grid.snap(found, towards=again) for again in Rounding} == {found}


@given(GRIDS, PRICES)
def test_a_price_is_contained_exactly_when_it_is_on_the_grid(grid, price):
    assert grid.contains(price) == (0 < price < 1 and stands_on(grid, price))


@given(GRIDS, PRICES)
def test_nearest_is_the_nearer_side_and_the_lower_on_a_tie(grid, price):
    below, above = grid.snap(price, towards=Rounding.FLOOR), grid.snap(price, towards=Rounding.CEILING)
    nearest = grid.snap(price, towards=Rounding.HALF_EVEN)
    if below is None or above is None:
        assert nearest == (above if below is None else below)
    else:
        assert nearest == (below if price - below <= above - price else above)


@given(GRIDS, PRICES, PRICES)
def test_nothing_tradable_lies_between_a_price_and_where_it_snaps(grid, price, other):
    other = grid.snap(other, towards=Rounding.HALF_EVEN)
    assume(other is not None)
    below, above = grid.snap(price, towards=Rounding.FLOOR), grid.snap(price, towards=Rounding.CEILING)
    assert other > price or (below is not None and other <= below)
    assert other < price or (above is not None and other >= above)


@given(GRIDS, PRICES)
def test_a_tick_leads_to_the_next_price(grid, price):
    below = grid.snap(price, towards=Rounding.FLOOR)
    tick = grid.tick_at(price)
    start = price if below is None else below
    if tick is None:
        assert grid.snap(start + Decimal("0.0000001"), towards=Rounding.CEILING) is None
    else:
        assert tick > 0
        assert grid.contains(start + tick)
        assert grid.snap(start + tick - Decimal("0.0000001"), towards=Rounding.FLOOR) == below


@given(GRIDS)
def test_ticks_climb_from_the_lowest_price_to_the_highest(grid):
    lowest, highest = grid.snap(Decimal(0), towards=Rounding.UP), grid.snap(Decimal(1), towards=Rounding.DOWN)
    assert (lowest is None) == (highest is None)
    assume(lowest is not None)
    price = lowest
    for _ in range(300):
        tick = grid.tick_at(price)
        if tick is None:
            assert price == highest
            return
        assert price < price + tick <= highest
        price += tick


@given(GRIDS)
def test_a_grid_keeps_its_kind_through_json(grid):
    adapter = TypeAdapter(PriceGrid)
    assert adapter.validate_json(adapter.dump_json(grid)) == grid


def test_cents():
    grid = cent_grid()
    assert grid.snap(Decimal("0.555"), towards=Rounding.FLOOR) == Decimal("0.55")
    assert grid.snap(Decimal("0.555"), towards=Rounding.CEILING) == Decimal("0.56")
    assert grid.snap(Decimal("0.005"), towards=Rounding.FLOOR) is None
    assert grid.snap(Decimal(1), towards=Rounding.UP) is None
    assert grid.snap(Decimal(1), towards=Rounding.DOWN) == Decimal("0.99")
    assert grid.tick_at(Decimal("0.99")) is None
    assert grid.tick_at(Decimal("0.10")) == Decimal("0.01")
    assert not grid.contains(Decimal(0))
    assert not grid.contains(Decimal(1))


def test_ticks_change_where_bands_meet():
    grid = RangesGrid(
        ranges=(
            PriceRange(start="0", end="0.1", step="0.001"),
            PriceRange(start="0.1", end="0.9", step="0.01"),
            PriceRange(start="0.9", end="1", step="0.001"),
        )
    )
    assert grid.tick_at(Decimal("0.099")) == Decimal("0.001")
    assert grid.tick_at(Decimal("0.1")) == Decimal("0.01")
    assert grid.tick_at(Decimal("0.89")) == Decimal("0.01")
    assert grid.tick_at(Decimal("0.9")) == Decimal("0.001")
    assert grid.snap(Decimal("0.8999"), towards=Rounding.FLOOR) == Decimal("0.89")


def test_a_joint_closer_than_half_a_step_is_not_jumped_over():
    grid = RangesGrid(
        ranges=(PriceRange(start="0", end="0.1", step="0.03"), PriceRange(start="0.1", end="1", step="0.1"))
    )
    assert grid.tick_at(Decimal("0.09")) == Decimal("0.01")


def test_significant_figures():
    grid = SignificantGrid(figures=2, max_decimals=4)
    assert grid.snap(Decimal("0.1239"), towards=Rounding.FLOOR) == Decimal("0.12")
    assert grid.snap(Decimal("0.01239"), towards=Rounding.CEILING) == Decimal("0.013")
    assert grid.snap(Decimal("0.00001"), towards=Rounding.CEILING) == Decimal("0.0001")
    assert grid.snap(Decimal("0.999"), towards=Rounding.CEILING) is None
    assert grid.tick_at(Decimal("0.00001")) == Decimal("0.00009")
    assert grid.tick_at(Decimal("0.099")) == Decimal("0.001")


@pytest.mark.parametrize(
    "make",
    [
        lambda: PriceRange(start="0.5", end="0.4", step="0.01"),
        lambda: PriceRange(start="0", end="1", step="0"),
        lambda: PriceRange(start="0", end="1.1", step="0.01"),
        lambda: RangesGrid(ranges=()),
        lambda: LadderGrid(prices=()),
        lambda: LadderGrid(prices=("0.2", "0.1")),
        lambda: LadderGrid(prices=("0.1", "0.1")),
        lambda: LadderGrid(prices=("0", "0.1")),
        lambda: LadderGrid(prices=("0.5", "1")),
        lambda: SignificantGrid(figures=0, max_decimals=3),
        lambda: SignificantGrid(figures=3, max_decimals=0),
        lambda: SignificantGrid(figures=19, max_decimals=3),
    ],
)
def test_what_is_no_grid(make):
    with pytest.raises(ValidationError):
        make()
