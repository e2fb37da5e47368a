"""Milestones with their details, one by one (public)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.wire.moment import Moment

__all__ = ["MilestoneDetails", "MilestoneSet"]

_CAPABILITY: Final = "milestone"


class MilestoneDetails(msgspec.Struct, frozen=True):
    """A game, a release, an election day; the shape of ``details`` depends on ``type``.

    A status among the details may be old; that of live data is not.
    """

    id: str
    category: str
    type: str
    title: str
    start_date: Moment
    related_event_tickers: tuple[str, ...]
    primary_event_tickers: tuple[str, ...]
    last_updated_ts: Moment
    notification_message: str = ""
    details: dict[str, Any] = {}
    end_date: Moment | None = None
    source_id: str | None = None
    source_ids: dict[str, Any] | None = None


class _One(msgspec.Struct):
    milestone: MilestoneDetails


class MilestoneSet:
    """``venue.native.milestones``; the slot ``milestones`` lists them."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def get(self, milestone_id: str) -> MilestoneDetails:
        """GET /milestones/{milestone_id}."""
        path = "/milestones/{milestone_id}"
        return (await self._caller.get(_One, path, _CAPABILITY, milestone_id=milestone_id)).milestone
