"""Milestones."""

from __future__ import annotations

from typing import Final

from pmi_core.capabilities import Capability
from pmi_core.models import Milestone, MilestoneQuery, Page
from pmi_provider_kalshi.client import Client
from pmi_provider_kalshi.errors import placed
from pmi_provider_kalshi.limits import MOST_MILESTONES
from pmi_provider_kalshi.listing import Part, Rows, page_of
from pmi_provider_kalshi.translate.milestones import milestone as translate

__all__ = ["Milestones"]

_CAPABILITY: Final = Capability.MILESTONES


class Milestones:
    """The slot ``milestones``."""

    def __init__(self, client: Client, venue: str) -> None:
        self._client = client
        self._venue = venue

    @placed(_CAPABILITY)
    async def list_milestones(self, query: MilestoneQuery) -> Page[Milestone]:
        """List milestones page by page."""
        after = query.starts_after
        filters = {
            "related_event_ticker": query.event_ref.at(self._venue) if query.event_ref is not None else None,
            "category": query.category,
            "minimum_start_date": after.strftime("%Y-%m-%dT%H:%M:%SZ") if after is not None else None,
        }

        async def fetch(limit: int, cursor: str | None) -> Rows[Milestone]:
            answer = await self._client.milestones(
                {**filters, "limit": limit, "cursor": cursor}, capability=_CAPABILITY
            )
            rows = self._client.faults.translated(
                answer.milestones, lambda row: translate(row, self._venue), _CAPABILITY
            )
            return [row for row in rows if after is None or row.start_time >= after], answer.cursor

        limit = min(query.limit, MOST_MILESTONES)
        rows, cursor = await page_of(query, limit, query.cursor, [Part("all", fetch)], self._venue)
        return Page[Milestone].trusted({"items": tuple(rows), "cursor": cursor})
