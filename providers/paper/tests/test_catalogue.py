"""What the scenario promises, on any day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core import Execution, StrikeKind
from pmi_provider_paper.catalogue import SERIES, Scenario
from pmi_provider_paper.catalogue.calendar import close_of, label_of, period_of
from pmi_provider_paper.catalogue.plans import Choice, Grid, Measure, Tariff
from pmi_provider_paper.simulation.crowd import Crowd

PACE = timedelta(seconds=5)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = st.integers(0, 16 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


def open_events(scenario, now):
    return [event for event in scenario.listed(now) if event.open_time <= now < event.close_time]


@given(now=DAYS)
@settings(max_examples=60, deadline=None)
def test_enough_is_open_on_any_day(now):
    events = open_events(Scenario(1), now)
    assert len(events) >= 40
    assert sum(len(event.markets) for event in events) >= 250
    categories = {event.series.category for event in events}
    assert categories == {"Politics", "Economics", "Weather", "Sports", "Crypto", "Culture"}


@given(now=DAYS)
@settings(max_examples=30, deadline=None)
def test_codes_are_unique_and_lead_back(now):
    scenario = Scenario(1)
    events = scenario.listed(now)
    codes = [listing.code for event in events for listing in scenario.markets(event)]
    assert len(set(codes)) == len(codes)
    assert max(map(len, codes)) <= 20
    for event in events:
        assert scenario.event(event.code) is event
    for code in codes:
        assert scenario.market(code).code == code


def test_words_cover_what_venues_know():
    assert {one.grid for one in SERIES} == set(Grid)
    assert {one.tariff for one in SERIES} == set(Tariff)
    assert {one.execution for one in SERIES} == {Execution.CLOB, Execution.AMM}
    assert {one.size_step for one in SERIES} == {Decimal(1), Decimal("0.1"), Decimal("0.01")}
    choices = [one.question for one in SERIES if isinstance(one.question, Choice)]
    assert {one.exhaustive for one in choices} == {True, False, None}
    assert {one.bands for one in (s.question for s in SERIES) if isinstance(one, Measure)} == {True, False}
    assert len({one.code for one in SERIES}) == len(SERIES)


def test_strikes_and_rules_are_written():
    scenario = Scenario(1)
    now = datetime(2026, 1, 5, 15, tzinfo=UTC)
    kinds = Counter()
    for event in scenario.listed(now):
        assert event.rules
        assert "practice market" in event.rules
        assert "{" not in event.title + event.rules
        for market in event.markets:
            assert market.title.endswith("?")
            assert "{" not in market.title
            if market.strike is not None:
                kinds[market.strike.kind] += 1
    wanted = {StrikeKind.GREATER, StrikeKind.BETWEEN, StrikeKind.LESS, StrikeKind.GREATER_OR_EQUAL}
    assert wanted <= set(kinds)


@given(now=DAYS, seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_chances_of_exclusive_events_add_up(now, seed):
    scenario, crowd = Scenario(1), Crowd(seed, PACE)
    step = crowd.step_of(now)
    for event in open_events(scenario, now):
        total = sum(crowd.chance(listing, step) for listing in scenario.markets(event))
        if event.exhaustive:
            assert total == pytest.approx(1, abs=1e-9)
        elif event.mutually_exclusive:
            assert total <= 1 + 1e-9


@given(now=DAYS, seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_exclusive_events_have_one_answer(now, seed):
    scenario, crowd = Scenario(1), Crowd(seed, PACE)
    for event in scenario.listed(now):
        answers = [crowd.beliefs.answer(listing) for listing in scenario.markets(event)]
        if None in answers:
            assert set(answers) == {None}
        elif event.exhaustive:
            assert sum(answers) == 1
        elif event.mutually_exclusive:
            assert sum(answers) <= 1


def test_thresholds_never_contradict_each_other():
    scenario, crowd = Scenario(1), Crowd(3, PACE)
    now = datetime(2026, 1, 5, 15, tzinfo=UTC)
    step = crowd.step_of(now)
    for event in open_events(scenario, now):
        if isinstance(event.series.question, Measure) and not event.series.question.bands:
            chances = [crowd.chance(listing, step) for listing in scenario.markets(event)]
            assert chances == sorted(chances, reverse=True)


def test_opening_prices_are_right_on_average():
    """What costs 30 cents when the event opens comes true about 30 times in a hundred."""
    scenario = Scenario(1)
    expected = came = 0.0
    for seed in range(300):
        crowd = Crowd(seed, PACE)
        for code in ("BTC-26JAN05-92", "TNY-26JAN05-B38", "PRES-26-HALE", "RAIN-26JAN05-Y"):
            listing = scenario.market(code)
            if listing is None:
                continue
            expected += crowd.beliefs.chance(listing, listing.event.open_time)
            came += float(crowd.beliefs.answer(listing))
    assert expected > 100
    assert came == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("series", SERIES, ids=lambda one: one.code)
def test_labels_name_one_period(series):
    near = 500 if series.cadence == "monthly" else 30
    for period in range(near, near + 40):
        label = label_of(series.cadence, period)
        assert period_of(series.cadence, label) == period
        assert close_of(series, period).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "FED", "FED-", "FED-26XXX", "FED-26DEC-", "FTB-26JAN05Z-ASH", "TNY-26FEB30"]
)
def test_what_is_not_a_code_is_nothing(text):
    assert Scenario(1).market(text) is None
    assert Scenario(1).event(text) is None
