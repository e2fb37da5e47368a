"""Milestones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.models import MilestoneQuery

pytestmark = pytest.mark.anyio


def milestone(**changes):
    plain = {
        "id": "m-1",
        "category": "Climate",
        "type": "reading",
        "title": "Evening reading",
        "start_date": "2026-11-20T22:00:00Z",
        "related_event_tickers": ["A", "B"],
        "primary_event_tickers": ["A"],
        "last_updated_ts": "2026-11-10T08:00:00.75Z",
        "end_date": None,
        "source_id": None,
        "notification_message": "",
        "details": {"anything": [1]},
    }
    return {**plain, **changes}


async def test_every_field_finds_its_place(kalshi, exchange):
    rows = [
        milestone(),
        milestone(
            id="m-2",
            end_date="2026-11-20T23:00:00Z",
            source_id="board-7",
            last_updated_ts="0001-01-01T00:00:00Z",
        ),
    ]
    exchange.answers("/milestones", {"milestones": rows}, limit=100)
    found = await kalshi.milestones.list_milestones(MilestoneQuery())
    one, two = found.items
    assert (one.ref, one.title, one.category, one.kind) == (
        "kalshi:m-1",
        "Evening reading",
        "Climate",
        "reading",
    )
    assert one.start_time == datetime(2026, 11, 20, 22, tzinfo=UTC)
    assert (one.end_time, one.source) == (None, None)
    assert (one.event_refs, one.primary_event_refs) == (("kalshi:A", "kalshi:B"), ("kalshi:A",))
    assert one.updated_time == datetime(2026, 11, 10, 8, 0, 0, 750_000, UTC)
    assert (two.end_time, two.source, two.updated_time) == (
        datetime(2026, 11, 20, 23, tzinfo=UTC),
        "board-7",
        None,
    )
    assert found.cursor is None


async def test_filters_and_the_largest_page(kalshi, exchange):
    asked = {
        "limit": 500,
        "related_event_ticker": "A",
        "category": "Climate",
        "minimum_start_date": "2026-11-20T21:59:59Z",
    }
    rows = [milestone(id="late"), milestone(id="early", start_date="2026-11-20T21:59:59.25Z")]
    exchange.answers("/milestones", {"milestones": rows, "cursor": "n"}, **asked)
    exchange.answers("/milestones", {"milestones": [], "cursor": ""}, cursor="n", **asked)
    moment = datetime(2026, 11, 20, 21, 59, 59, 500_000, UTC)
    query = MilestoneQuery(event_ref="kalshi:A", category="Climate", starts_after=moment, limit=1000)
    found = await kalshi.milestones.list_milestones(query)
    assert [one.ref.native for one in found.items] == ["late"]
    rest = await kalshi.milestones.list_milestones(query.model_copy(update={"cursor": found.cursor}))
    assert (rest.items, rest.cursor) == ((), None)


async def test_events_of_other_venues_are_refused(kalshi):
    with pytest.raises(RequestError, match="other"):
        await kalshi.milestones.list_milestones(MilestoneQuery(event_ref="other:A"))


@pytest.mark.parametrize(
    "field, value", [("start_date", "0001-01-01T00:00:00Z"), ("title", None), ("start_date", "2026-11-20")]
)
async def test_a_strange_milestone_is_named(kalshi, exchange, field, value):
    exchange.answers("/milestones", {"milestones": [milestone(**{field: value})]}, limit=100)
    with pytest.raises(UnexpectedAnswer, match=field):
        await kalshi.milestones.list_milestones(MilestoneQuery())
