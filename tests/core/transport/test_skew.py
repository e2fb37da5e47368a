from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.transport.skew import Skew

START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
SECONDS = st.floats(-600, 600)


def answer(skew, at, offset, *, out=0.01, back=0.01):
    """An exchange begun at a local moment with a venue whose clock is ``offset`` ahead."""
    told = (at + timedelta(seconds=out) + offset).replace(microsecond=0)
    skew.learn(
        {"date": format_datetime(told, usegmt=True)}, sent=at, received=at + timedelta(seconds=out + back)
    )


@given(
    SECONDS, st.lists(st.tuples(st.floats(0, 100), st.floats(0, 2), st.floats(0, 2)), min_size=1, max_size=20)
)
def test_the_true_offset_is_always_within_the_uncertainty(seconds, exchanges):
    skew, offset = Skew(), timedelta(seconds=seconds)
    for at, out, back in exchanges:
        answer(skew, START + timedelta(seconds=at), offset, out=out, back=back)
    assert abs(skew.offset - offset) <= skew.uncertainty + timedelta(microseconds=10)


def test_many_answers_tell_more_than_one():
    skew = Skew()
    answer(skew, START, timedelta(seconds=30.4))
    first = skew.uncertainty
    for tenth in range(1, 20):
        answer(skew, START + timedelta(seconds=tenth / 10), timedelta(seconds=30.4))
    assert skew.uncertainty < first / 3
    assert skew.exceeds(timedelta(seconds=29))
    assert not skew.exceeds(timedelta(seconds=31))
    assert skew.sentence() == "this machine's clock is 30 s behind"


def test_a_clock_that_was_set_starts_anew():
    skew = Skew()
    answer(skew, START, timedelta(0))
    answer(skew, START, timedelta(minutes=-5))
    assert skew.exceeds(timedelta(minutes=4))
    assert skew.sentence() == "this machine's clock is 300 s ahead"


def test_a_slow_answer_proves_nothing():
    skew = Skew()
    answer(skew, START, timedelta(0), out=0.0, back=60.0)
    assert not skew.exceeds(timedelta(seconds=5))


@pytest.mark.parametrize(
    "headers",
    [{}, {"date": "yesterday"}, {"date": ""}, {"date": "Mon, 05 Jan 2026 15:00:20 GMT", "age": "12"}],
)
def test_answers_without_a_date_of_their_own_say_nothing(headers):
    skew = Skew()
    skew.learn(headers, sent=START, received=START)
    assert (skew.offset, skew.uncertainty, skew.sentence()) == (None, None, None)
    assert not skew.exceeds(timedelta(0))
