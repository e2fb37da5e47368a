"""Long pauses of a recording: as long as they were, or jumped over where somebody asks for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import NotFound
from pmi_core.history import Recording, open_replay, replay_venue
from pmi_core.history.timeline import Timeline
from pmi_core.models import Channel, ConnectionUpdate, Delivery, Subscription
from pmi_core.testing.clock import START, ManualClock

pytestmark = pytest.mark.anyio

WANTED = Subscription(channels={Channel.BOOK}, market_refs=("alpha:RATE-1",))
DAY = 86_400


def state(word, second):
    return ConnectionUpdate(state=word, received_time=START + timedelta(seconds=second))


STORY = [state("live", 0), state("closed", 3), state("gap", DAY), state("live", DAY + 1)]


async def keep(folder, *, sessions):
    for said in sessions:
        async with Recording(folder, clock=ManualClock()) as recording:
            for update in said:
                recording.put("alpha", update)


@pytest.fixture
async def folder(tmp_path):
    await keep(tmp_path, sessions=[STORY[:2], STORY[2:]])
    return tmp_path


async def played(venue, clock, wanted=WANTED):
    """The updates with the seconds at which they came."""
    found = []
    async with venue, venue.stream.subscribe(wanted) as updates:

        async def listen():
            found.extend([(round(clock.monotonic(), 3), update) async for update in updates])

        await clock.run(listen())
    return found


async def test_a_program_gets_the_exact_time(folder):
    clock = ManualClock()
    found = await played(await replay_venue(folder, clock=clock), clock)
    assert found == list(zip([0, 3, DAY, DAY + 1], STORY, strict=True))


@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("speed", [1, 2])
async def test_what_is_longer_than_asked_is_jumped_over(folder, speed, delivery):
    clock = ManualClock()
    replay = await open_replay(folder, speed=speed, longest_pause=10, clock=clock)
    wanted = WANTED.model_copy(update={"delivery": delivery})
    found = await played(replay.venue, clock, wanted)
    assert [moment for moment, _ in found] == [second / speed for second in (0, 3, 13, 14)]
    assert [update for _, update in found] == STORY
    assert replay.playhead.now() == STORY[-1].received_time
    assert replay.playhead.progress == 1


async def test_the_playhead_says_where_it_is_and_what_it_will_skip(folder):
    clock = ManualClock()
    replay = await open_replay(folder, longest_pause=10, clock=clock)
    head = replay.playhead
    async with replay.venue as venue, venue.stream.subscribe(WANTED) as updates:
        await anext(updates)
        assert (head.now(), head.progress, head.pause) == (START, 0, None)
        await clock.advance(7)
        assert (head.now(), head.progress) == (START + timedelta(seconds=7), 0.5)
        assert head.pause is not None
        assert head.pause.length == timedelta(seconds=DAY - 3)
        await clock.advance(6)
        assert head.now() == START + timedelta(seconds=DAY)
        assert head.pause is None
        await clock.advance(600)
        assert head.now() == STORY[-1].received_time, "it stands at the end"


async def test_without_a_speed_the_playhead_is_where_the_reader_is(folder):
    replay = await open_replay(folder, speed=None, longest_pause=10)
    async with replay.venue as venue, venue.stream.subscribe(WANTED) as updates:
        async for update in updates:
            assert replay.playhead.now() == update.received_time
            assert replay.playhead.pause is None
    assert replay.playhead.progress == 1


async def test_a_venue_of_which_nothing_was_recorded_is_not_found(folder):
    with pytest.raises(NotFound, match="beta"):
        await open_replay(folder, venue="beta", longest_pause=1)


@given(st.lists(st.integers(0, 40_000_000), min_size=1, max_size=20), st.integers(1, 20_000_000))
def test_every_row_has_its_place_and_none_waits_longer_than_the_longest_pause(micros, longest):
    moments = [START + timedelta(microseconds=micro) for micro in sorted(micros)]
    pause = timedelta(microseconds=longest)
    line = Timeline(moments[0], moments, pause)
    places = [line.played(moment) for moment in moments]
    assert [line.moment(place) for place in places] == moments
    for (before, place), (after, later) in zip(
        zip(moments, places, strict=True), list(zip(moments, places, strict=True))[1:], strict=False
    ):
        assert later - place == min(after - before, pause)
