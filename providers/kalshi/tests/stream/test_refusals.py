"""What becomes of what the stream's errors are about."""

from __future__ import annotations

import pytest

from pmi_core.errors import BusyError, VenueError
from pmi_provider_kalshi.streaming.refusals import CODES, Outcome, refusal


@pytest.mark.parametrize("code", [7, 10, 25])
def test_a_subscription_that_ended_is_made_anew_at_once(code):
    outcome, error = refusal(code, "said")
    assert outcome is Outcome.ENDED
    assert type(error) is VenueError


@pytest.mark.parametrize("code, kind", [(1, VenueError), (18, BusyError), (27, BusyError)])
def test_what_may_be_asked_again_waits(code, kind):
    outcome, error = refusal(code, "said")
    assert outcome is Outcome.LATER
    assert type(error) is kind


def test_everything_else_is_refused_for_good():
    for code in set(CODES) - {1, 7, 10, 18, 25, 27}:
        assert refusal(code, "")[0] is Outcome.REFUSED, code
