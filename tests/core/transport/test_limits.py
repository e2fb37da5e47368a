from __future__ import annotations

import asyncio
import math

import pytest
from aiolimiter import AsyncLimiter
from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.errors import BusyError, RequestError, SettingsError
from pmi_core.transport.limits import Limit, Limits

BURSTS = st.integers(1, 40)
RATES = st.sampled_from([0.5, 1.0, 3.0, 7.0, 20.0, 333.0])
CALLS = st.lists(st.tuples(st.floats(0, 4), st.integers(0, 40)), min_size=1, max_size=40)


async def spend(limits, clock, at, cost, spent, bucket="read"):
    """Ask at a moment, and note when the call went."""
    await clock.sleep(at)
    await limits.acquire(bucket, cost)
    spent.append((clock.monotonic(), cost))


def most_over_the_limit(spent, burst, rate):
    """By how much the worst stretch of time exceeds burst + rate * t."""
    worst = -math.inf
    for first in range(len(spent)):
        total = 0.0
        for moment, cost in spent[first:]:
            total += cost
            worst = max(worst, total - burst - rate * (moment - spent[first][0]))
    return worst


@given(BURSTS, RATES, CALLS)
@settings(max_examples=80, deadline=None)
def test_no_stretch_of_time_ever_sees_more_than_burst_and_rate(in_virtual_time, burst, rate, calls):
    async def scenario(clock):
        limits = Limits(Limit("read", burst, rate), clock=clock, longest_wait=1e9)
        spent = []
        await asyncio.gather(*(spend(limits, clock, at, min(cost, burst), spent) for at, cost in calls))
        return spent

    spent = in_virtual_time(scenario)
    assert len(spent) == len(calls)
    assert most_over_the_limit(spent, burst, rate) <= 1e-5 * rate


@given(BURSTS, RATES, st.lists(st.floats(0, 4), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_calls_of_cost_one_go_when_aiolimiter_would_let_them_go(in_virtual_time, burst, rate, moments):
    async def ours(clock):
        limits = Limits(Limit("read", burst, rate), clock=clock, longest_wait=1e9)
        spent = []
        await asyncio.gather(*(spend(limits, clock, at, 1, spent) for at in moments))
        return [moment for moment, _ in spent]

    async def theirs(clock):
        limiter = AsyncLimiter(burst, burst / rate)
        went = []

        async def call(at):
            await clock.sleep(at)
            await limiter.acquire()
            went.append(clock.monotonic())

        await asyncio.gather(*(call(at) for at in moments))
        return went

    assert in_virtual_time(ours) == pytest.approx(in_virtual_time(theirs), abs=1e-4)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=30))
@settings(max_examples=40, deadline=None)
def test_who_asks_first_goes_first_whatever_it_costs(in_virtual_time, costs):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 5), clock=clock, longest_wait=1e9)
        went = []

        async def call(number, cost):
            await limits.acquire("read", cost)
            went.append(number)

        await asyncio.gather(*(call(number, cost) for number, cost in enumerate(costs)))
        return went

    assert in_virtual_time(scenario) == list(range(len(costs)))


def test_a_stream_of_cheap_calls_does_not_starve_a_dear_one(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 10), clock=clock)
        await limits.acquire("read", 10)
        dear = asyncio.create_task(limits.acquire("read", 10))

        async def cheap():
            while not dear.done():
                await limits.acquire("read", 1)

        await asyncio.gather(dear, *(cheap() for _ in range(5)))
        return dear.result()

    assert in_virtual_time(scenario) == pytest.approx(1.0)


def test_two_hundred_waiting_calls_go_at_the_rate_without_busy_waiting(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 20, 20), clock=clock, longest_wait=60)
        sleeps = 0
        sleep = clock.sleep

        async def counted(seconds):
            nonlocal sleeps
            sleeps += 1
            await sleep(seconds)

        clock.sleep = counted
        spent = []
        tasks = [asyncio.create_task(limits.acquire("read")) for _ in range(200)]
        await asyncio.sleep(0)
        spent.append(limits.budgets()[0].waiting)
        await asyncio.gather(*tasks)
        return clock.monotonic(), sleeps, spent

    seconds, sleeps, waiting = in_virtual_time(scenario)
    assert seconds == pytest.approx(9.0, abs=1e-3)
    assert sleeps <= 181  # one for every call that had to wait, none twice
    assert waiting == [180]


def test_reads_never_delay_writes(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 1, 1), Limit("write", 1, 1), clock=clock)
        reads = [asyncio.create_task(limits.acquire("read")) for _ in range(20)]
        await asyncio.sleep(0)
        waited = await limits.acquire("write")
        for read in reads:
            read.cancel()
        return waited

    assert in_virtual_time(scenario) == 0.0


def test_a_cancelled_waiter_gives_its_place_back(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 1), clock=clock)
        await limits.acquire("read", 10)
        head = asyncio.create_task(limits.acquire("read", 10))
        middle = asyncio.create_task(limits.acquire("read", 10))
        last = asyncio.create_task(limits.acquire("read", 2))
        await clock.sleep(1)
        middle.cancel()
        head.cancel()
        waited = await last
        return waited, limits.budgets()[0]

    waited, budget = in_virtual_time(scenario)
    assert waited == pytest.approx(2.0)
    assert (budget.waiting, budget.available) == (0, pytest.approx(0.0, abs=1e-4))


def test_who_has_gone_or_given_up_no_longer_counts_as_queued(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 10), clock=clock, longest_wait=5)
        await asyncio.gather(*(limits.acquire("read", 10) for _ in range(5)))
        given_up = [asyncio.create_task(limits.acquire("read", 10)) for _ in range(5)]
        await asyncio.sleep(0)
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        return await limits.acquire("read", 10, longest_wait=1.01)

    assert in_virtual_time(scenario) == pytest.approx(1.0, abs=1e-3)


def test_a_pause_holds_everybody_and_then_lets_them_go_in_order(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 10), clock=clock)
        limits.pause("read", 5)
        went = []

        async def call(number):
            await limits.acquire("read", 10)
            went.append((number, round(clock.monotonic(), 3)))

        shown = limits.budgets()[0].available
        await asyncio.gather(*(call(number) for number in range(3)))
        return shown, went

    shown, went = in_virtual_time(scenario)
    assert shown == 0.0
    assert went == [(0, 5.0), (1, 6.0), (2, 7.0)]


def test_a_pause_also_holds_the_call_that_was_about_to_go(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 1, 1), clock=clock)
        await limits.acquire("read")
        waiting = asyncio.create_task(limits.acquire("read"))
        await clock.sleep(0.5)
        limits.pause("read", 3)
        await waiting
        return clock.monotonic()

    assert in_virtual_time(scenario) == pytest.approx(3.5)


def test_refusals_without_a_hint_double_the_pause_until_a_call_is_admitted(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 1000), clock=clock)
        pauses = []
        for _ in range(4):
            pauses.append(limits.refused("read"))
            assert limits.refused("read") == pytest.approx(pauses[-1])  # was under way already
            await clock.sleep(pauses[-1])
        limits.admitted("read")
        pauses.append(limits.refused("read"))
        return pauses

    assert in_virtual_time(scenario) == pytest.approx([0.5, 1, 2, 4, 0.5])


def test_a_named_pause_is_kept(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 1000), clock=clock)
        limits.refused("read", 7)
        return await limits.acquire("read")

    assert in_virtual_time(scenario) == pytest.approx(7)


def test_numbers_learned_from_the_venue_keep_what_was_spent(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 200, 200), clock=clock)
        await limits.acquire("read", 150)
        limits.set("read", burst=400, rate=100)
        grown = limits.budgets()[0]
        limits.set("read", burst=100, rate=100)
        shrunk = limits.budgets()[0].available
        limits.set("read", burst=100, rate=100, available=70)
        told = limits.budgets()[0].available
        limits.set("own", burst=1, rate=1)
        return grown, shrunk, told, limits.names

    grown, shrunk, told, names = in_virtual_time(scenario)
    assert (grown.capacity, grown.rate, grown.available) == (400, 100, 250)
    assert (shrunk, told) == (0, 70)
    assert names == ("read", "own")


def test_a_call_dearer_than_the_burst_is_refused_at_once(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 1), clock=clock)
        with pytest.raises(RequestError, match="can never pass limit 'read', which holds 10"):
            await limits.acquire("read", 11)
        with pytest.raises(RequestError):
            await limits.acquire("read", -1)
        with pytest.raises(RequestError):
            await limits.acquire("read", math.nan)
        waiting = asyncio.create_task(limits.acquire("read", 10))
        late = asyncio.create_task(limits.acquire("read", 10))
        await clock.sleep(1)
        limits.set("read", burst=5, rate=1)
        with pytest.raises(RequestError):
            await late
        return await waiting

    assert in_virtual_time(scenario) == 0.0


def test_who_would_wait_too_long_is_told_when_to_come_back(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 10, 1), clock=clock, longest_wait=12)
        await limits.acquire("read", 10)
        patient = asyncio.create_task(limits.acquire("read", 10))
        await asyncio.sleep(0)
        with pytest.raises(BusyError) as refused:
            await limits.acquire("read", 5)
        with pytest.raises(BusyError):
            await limits.acquire("read", 1, longest_wait=0)
        assert clock.monotonic() < 1e-3  # nobody waited to be refused
        await patient
        return refused.value.retry_after

    assert in_virtual_time(scenario) == pytest.approx(15.0)


def test_a_pause_that_outlasts_patience_ends_the_wait(in_virtual_time):
    async def scenario(clock):
        limits = Limits(Limit("read", 1, 1), clock=clock, longest_wait=5)
        await limits.acquire("read")
        waiting = [asyncio.create_task(limits.acquire("read")) for _ in range(3)]
        await clock.sleep(0.5)
        limits.pause("read", 60)
        found = await asyncio.gather(*waiting, return_exceptions=True)
        return found, clock.monotonic()

    found, moment = in_virtual_time(scenario)
    assert [type(error) for error in found] == [BusyError] * 3
    assert all(error.retry_after > 50 for error in found)
    assert moment <= 5


@pytest.mark.parametrize("burst, rate", [(0, 1), (1, 0), (-1, 1), (math.inf, 1), (1, math.nan)])
def test_numbers_that_make_no_limit_are_refused(burst, rate):
    with pytest.raises(SettingsError, match="limit 'read' needs"):
        Limit("read", burst, rate)


@pytest.mark.anyio
async def test_an_unknown_limit_is_named_with_the_known_ones():
    with pytest.raises(SettingsError, match="no limit 'reed'; known are read, write"):
        await Limits(Limit("read", 1, 1), Limit("write", 1, 1)).acquire("reed")
    with pytest.raises(SettingsError, match="given twice"):
        Limits(Limit("read", 1, 1), Limit("read", 2, 1))
