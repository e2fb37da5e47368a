"""The members as functions of seed and time."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_provider_paper.catalogue import SERIES, Scenario
from pmi_provider_paper.catalogue.plans import Grid
from pmi_provider_paper.simulation.crowd import Crowd
from pmi_provider_paper.simulation.ladder import grid_table, quote
from pmi_provider_paper.simulation.noise import Path, key_of, share

PACE = timedelta(seconds=5)
NOW = datetime(2026, 1, 5, 15, tzinfo=UTC)
KEYS = st.integers(0, 2**64 - 1)


@given(key=KEYS, chance=st.floats(0, 1), step=st.integers(0, 10**9), series=st.sampled_from(SERIES))
@settings(max_examples=400, deadline=None)
def test_ladders_are_in_order_on_the_grid_and_never_crossed(key, chance, step, series):
    ladder = quote(series, key, chance, step)
    grid = grid_table(series.grid).model
    for rung in ladder.bids + ladder.asks:
        assert grid.contains(rung.price)
        assert rung.size > 0
        assert rung.size % series.size_step == 0
    assert all(high.price > low.price for high, low in pairwise(ladder.bids))
    assert all(low.price < high.price for low, high in pairwise(ladder.asks))
    if ladder.bids and ladder.asks:
        assert ladder.bids[0].price < ladder.asks[0].price
    best = quote(series, key, chance, step, best_only=True)
    assert (best.bids, best.asks) == (ladder.bids[:1], ladder.asks[:1])


QUOTED_EVERYWHERE = """
from math import inf, nextafter
from pmi_provider_paper.catalogue import SERIES
from pmi_provider_paper.simulation.ladder import grid_table, quote

for grid, series in {one.grid: one for one in SERIES}.items():
    ticks = [0.0, *grid_table(grid).places, 1.0]
    fair = [near for tick in ticks for near in (nextafter(tick, -inf), tick, nextafter(tick, inf))]
    fair += [place / 1777 for place in range(1778)]
    for key in range(3):
        for chance in fair:
            ladder = quote(series, key, min(max(chance, 0.0), 1.0), key * 100)
            assert ladder.bids or ladder.asks, (grid, key, chance)
    print(grid.name)
"""


def test_quoting_ends_for_every_fair_value_on_every_grid():
    """In a process of its own: what never ends can be stopped there."""
    ended = subprocess.run(
        [sys.executable, "-c", QUOTED_EVERYWHERE], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert set(ended.stdout.split()) == {grid.name for grid in Grid}


@pytest.mark.parametrize("grid", list(Grid))
def test_a_side_is_empty_beyond_the_grid(grid):
    series = next(one for one in SERIES if one.grid is grid)
    assert quote(series, 1, 0.0, 0).bids == ()
    assert quote(series, 1, 0.0, 0).asks[0].price <= Decimal("0.01")
    assert quote(series, 1, 1.0, 0).asks == ()


@given(key=KEYS, moments=st.lists(st.floats(0, 1), min_size=2, max_size=20))
@settings(deadline=None)
def test_a_path_is_the_same_in_any_order(key, moments):
    forward, backward = Path(key, 16), Path(key, 16)
    seen = {moment: forward.at(moment) for moment in moments}
    assert all(backward.at(moment) == seen[moment] for moment in reversed(moments))
    assert forward.at(0) == 0
    assert forward.at(1) == forward.end


def test_paths_wander_like_a_wiener_process():
    halves, ends = [], []
    for number in range(800):
        path = Path(key_of("proof", number), 12)
        halves.append(path.at(0.5))
        ends.append(path.end - path.at(0.5))
    assert fmean(halves) == pytest.approx(0, abs=0.1)
    assert pstdev(halves) == pytest.approx(0.5**0.5, rel=0.1)
    assert pstdev(ends) == pytest.approx(0.5**0.5, rel=0.1)
    assert fmean(one * two for one, two in zip(halves, ends, strict=True)) == pytest.approx(0, abs=0.08)


@given(key=KEYS, number=st.integers(-(2**70), 2**70), salt=st.integers(0, 200))
def test_shares_lie_inside(key, number, salt):
    assert 0 < share(key, number, salt) < 1


def test_the_trades_of_an_hour_make_its_volume():
    scenario, crowd = Scenario(1), Crowd(5, PACE)
    for event in scenario.listed(NOW)[::5]:
        for listing in scenario.markets(event)[:2]:
            first = crowd.hour_of(event.open_time)
            last = crowd.hour_of(event.close_time)
            for hour in range(first, min(first + 30, last)):
                trades = crowd.flow(listing, hour)
                made = sum((trade.size for trade in trades), Decimal(0))
                assert made == crowd.traded(listing, hour + 1) - crowd.traded(listing, hour)
                for trade in trades:
                    assert trade.size > 0
                    assert 0 < trade.price < 1
                    assert crowd.trades_at(listing, crowd.moment_of(trade.step) + PACE)
            assert crowd.flow(listing, last) == crowd.flow(listing, first - 1) == ()


def test_members_trade_where_the_makers_stand():
    scenario, crowd = Scenario(1), Crowd(5, PACE)
    event = next(one for one in scenario.listed(NOW) if one.code.startswith("BTC-") and one.close_time > NOW)
    listing = scenario.markets(event)[3]
    for hour in range(crowd.hour_of(event.open_time), crowd.hour_of(NOW)):
        for trade in crowd.flow(listing, hour):
            ladder = crowd.ladder(listing, trade.step)
            side = ladder.asks if trade.taker_yes else ladder.bids
            assert trade.price == side[0].price


def test_nothing_happens_before_the_opening_and_after_the_close():
    scenario, crowd = Scenario(1), Crowd(5, PACE)
    listing = scenario.markets(scenario.listed(NOW)[0])[0]
    event = listing.event
    before = crowd.step_of(event.open_time) - 2
    after = crowd.step_of(event.close_time)
    assert crowd.ladder(listing, before) == crowd.ladder(listing, after) == ((), ())
    assert not crowd.trades_at(listing, event.close_time)
    assert crowd.trades_at(listing, event.open_time)
