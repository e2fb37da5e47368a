from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.errors import (
    BadKey,
    BusyError,
    InvalidOrder,
    NotFound,
    SettingsError,
    StaleBook,
    UncertainError,
    UnexpectedAnswer,
    Unreachable,
    VenueError,
)
from pmi_core.transport.retry import NEVER, RetryPolicy, read_retry_after, repeat

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 8),
    budget=st.floats(0, 60),
    first=st.floats(0, 5),
    longest=st.floats(0, 20),
)
PASSING = st.one_of(
    st.just(Unreachable("no")),
    st.just(VenueError("no")),
    st.builds(lambda wait: BusyError("no", retry_after=wait), st.none() | st.floats(0, 90)),
)


@given(POLICIES, st.lists(PASSING, min_size=8, max_size=8), st.floats(0, 3), st.integers(0, 999))
@settings(max_examples=150, deadline=None)
def test_attempts_and_pauses_stay_within_count_and_budget(in_virtual_time, policy, errors, took, seed):
    async def scenario(clock):
        calls = []

        async def call(left):
            calls.append((clock.monotonic(), left))
            error = errors[len(calls) - 1]
            await clock.sleep(min(took, max(left, 0)))
            raise error

        with pytest.raises((Unreachable, VenueError, BusyError)):
            await repeat(call, policy=policy, clock=clock, random=Random(seed))
        return calls, clock.monotonic()

    calls, end = in_virtual_time(scenario)
    assert 1 <= len(calls) <= policy.attempts
    assert end <= policy.budget + 1e-4
    for number, ((start, left), (later, _)) in enumerate(pairwise(calls), start=1):
        cap = min(policy.longest, policy.first * 2 ** (number - 1))
        hint = getattr(errors[number - 1], "retry_after", None) or 0.0
        pause = later - start - min(took, max(left, 0))
        assert hint - 1e-4 <= pause <= hint + cap + 1e-4


@given(st.integers(1, 9), st.integers(0, 10_000))
def test_the_jitter_is_full_and_repeatable(attempt, seed):
    policy = RetryPolicy(attempts=10, first=0.5, longest=4, budget=1e6)
    pause = policy.pause(Unreachable("no"), attempt=attempt, spent=0, random=Random(seed))
    assert pause == policy.pause(Unreachable("no"), attempt=attempt, spent=0, random=Random(seed))
    assert 0 <= pause <= min(4, 0.5 * 2 ** (attempt - 1))


def test_the_jitter_uses_the_whole_span():
    policy, random = RetryPolicy(first=1.0, longest=1.0), Random(7)
    pauses = [policy.pause(Unreachable("no"), attempt=1, spent=0, random=random) for _ in range(300)]
    assert min(pauses) < 0.05
    assert max(pauses) > 0.95


@pytest.mark.parametrize(
    "error",
    [
        InvalidOrder("no"),
        NotFound("no"),
        BadKey("no"),
        UnexpectedAnswer("no"),
        StaleBook("no"),
        UncertainError("no"),
        SettingsError("no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_does_not_pass_by_itself_is_not_repeated(in_virtual_time, error):
    async def scenario(clock):
        calls = []

        async def call(left):
            calls.append(left)
            raise error

        with pytest.raises(type(error)):
            await repeat(call, policy=RetryPolicy(), clock=clock, random=Random(1))
        return len(calls)

    assert in_virtual_time(scenario) == 1


def test_a_call_that_goes_well_in_the_end_gives_its_result(in_virtual_time):
    async def scenario(clock):
        errors = [Unreachable("no"), BusyError("no", retry_after=3)]

        async def call(left):
            if errors:
                raise errors.pop(0)
            return "done", left

        return *await repeat(
            call, policy=RetryPolicy(budget=20), clock=clock, random=Random(1)
        ), clock.monotonic()

    result, left, end = in_virtual_time(scenario)
    assert result == "done"
    assert end >= 3
    assert left == pytest.approx(20 - end, abs=1e-4)


def test_a_pause_beyond_the_budget_gives_up_at_once(in_virtual_time):
    async def scenario(clock):
        async def call(left):
            raise BusyError("no", retry_after=31)

        with pytest.raises(BusyError):
            await repeat(call, policy=RetryPolicy(budget=30), clock=clock, random=Random(1))
        return clock.monotonic()

    assert in_virtual_time(scenario) < 1e-3


def test_never_means_one_attempt():
    assert NEVER.pause(Unreachable("no"), attempt=1, spent=0, random=Random(1)) is None


@pytest.mark.parametrize(
    "wrong", [{"attempts": 0}, {"budget": -1}, {"first": math.nan}, {"longest": math.inf}]
)
def test_numbers_that_make_no_policy_are_refused(wrong):
    with pytest.raises(SettingsError):
        RetryPolicy(**wrong)


@pytest.mark.parametrize(
    "header, seconds",
    [
        (None, None),
        ("3", 3.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-4", 0.0),
        ("Mon, 05 Jan 2026 15:00:20 GMT", 20.0),
        ("Mon, 05 Jan 2026 14:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("Mon, 99 Jan 2026 15:00:20 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert read_retry_after(header, now=NOW) == seconds
