"""Milestones."""

from __future__ import annotations

from pmi_core.errors import UnexpectedAnswer
from pmi_core.identifiers import EventRef, MilestoneRef
from pmi_core.models import Milestone
from pmi_provider_kalshi.translate.blame import reading
from pmi_provider_kalshi.translate.numbers import moment
from pmi_provider_kalshi.wire import milestone as wire

__all__ = ["milestone"]


def milestone(row: wire.Milestone, venue: str) -> Milestone:
    """Translate a milestone.

    Raises:
        UnexpectedAnswer: it has no start.
    """
    start = moment(row.start_date)
    if start is None:
        raise UnexpectedAnswer(f"milestone {row.id} has no start_date", venue=venue)
    with reading(f"milestone {row.id}", venue):
        return Milestone(
            ref=MilestoneRef.make(venue, row.id),
            title=row.title or row.id,
            category=row.category or None,
            kind=row.type or None,
            start_time=start,
            end_time=moment(row.end_date),
            event_refs=tuple(EventRef.make(venue, ticker) for ticker in row.related_event_tickers),
            primary_event_refs=tuple(EventRef.make(venue, ticker) for ticker in row.primary_event_tickers),
            source=row.source_id or None,
            updated_time=moment(row.last_updated_ts),
        )
