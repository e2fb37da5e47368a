"""A market: two outcomes in order, times in UTC, and whether it takes orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from pmi_core import Market, MarketStatus, OutcomeSide, Time, Trading

YES, NO = {"label": "Yes", "polarity": "yes", "bid": "0.4"}, {"label": "No", "polarity": "no", "bid": "0.5"}


def market(**facts):
    given = {
        "ref": "coin:HEADS",
        "title": "Heads?",
        "outcomes": (YES, NO),
        "status": "open",
        "trading": "open",
    }
    return Market(**{**given, "as_of": "2026-01-02T03:04:05Z", **facts})


def test_the_outcomes_by_name():
    one = market()
    assert one.yes is one.outcome("yes") is one.outcome(OutcomeSide.YES) is one.outcomes[0]
    assert one.no is one.outcome("no") is one.outcome(OutcomeSide.NO) is one.outcomes[1]


@pytest.mark.parametrize("outcomes", [(NO, YES), (YES, YES), (NO, NO)])
def test_yes_comes_first(outcomes):
    with pytest.raises(ValidationError, match="YES first, NO second"):
        market(outcomes=outcomes)


@pytest.mark.parametrize("outcomes", [(), (YES,), (YES, NO, NO)])
def test_there_are_two_outcomes(outcomes):
    with pytest.raises(ValidationError):
        market(outcomes=outcomes)


@pytest.mark.parametrize("status", MarketStatus)
@pytest.mark.parametrize("trading", Trading)
def test_orders_are_taken_only_while_open(status, trading):
    one = market(status=status, trading=trading)
    assert one.is_open == (status == "open" and trading in ("open", "auction"))


def test_what_is_not_known_is_none_and_not_zero():
    one = market()
    assert one.yes.ask is None
    assert one.yes.last is None
    assert (one.volume, one.open_interest, one.settlement_value, one.price_grid) == (None, None, None, None)


@pytest.mark.parametrize(
    "bad", [{"volume": -1}, {"settlement_value": "1.5"}, {"taker_delay": "-1"}, {"volume": 1.5}]
)
def test_numbers_make_sense(bad):
    with pytest.raises(ValidationError):
        market(**bad)


def test_times_are_kept_in_utc():
    east = timezone(timedelta(hours=5, minutes=30))
    one = market(close_time=datetime(2026, 1, 2, 12, tzinfo=east))
    assert one.close_time == datetime(2026, 1, 2, 6, 30, tzinfo=UTC)
    assert one.close_time.tzinfo is UTC
    assert '"close_time":"2026-01-02T06:30:00Z"' in one.model_dump_json()


@pytest.mark.parametrize("bad", ["2026-01-02T03:04:05", datetime(2026, 1, 2), "soon"])  # noqa: DTZ001
def test_a_time_without_zone_is_refused(bad):
    with pytest.raises(ValidationError):
        TypeAdapter(Time).validate_python(bad)


def test_microseconds_survive():
    adapter = TypeAdapter(Time)
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert adapter.validate_json(adapter.dump_json(moment)) == moment
