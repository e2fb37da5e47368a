"""Milestones (OpenAPI 3.34.0, schema Milestone)."""

from __future__ import annotations

import msgspec

from pmi_provider_kalshi.wire.moment import Moment

__all__ = ["Milestone", "MilestonesAnswer"]


class Milestone(msgspec.Struct):
    """A game, a release, an election day."""

    id: str
    category: str
    type: str
    title: str
    start_date: Moment
    related_event_tickers: list[str]
    primary_event_tickers: list[str]
    last_updated_ts: Moment
    end_date: Moment | None = None
    source_id: str | None = None


class MilestonesAnswer(msgspec.Struct):
    """Of GET /milestones."""

    milestones: list[Milestone]
    cursor: str | None = None
