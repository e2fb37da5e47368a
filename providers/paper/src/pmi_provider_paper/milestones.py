"""Milestones: the games, releases and votes that events wait for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pmi_core.models import Milestone, MilestoneQuery, Page
from pmi_provider_paper import translate
from pmi_provider_paper.catalogue import EventPlan
from pmi_provider_paper.catalogue.plans import Feature
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page

__all__ = ["PaperMilestones"]


def _start(plan: EventPlan) -> datetime:
    return plan.first_close - timedelta(hours=plan.series.surge_hours or 1)


class PaperMilestones:
    """Keeps :class:`pmi_core.capabilities.MilestoneReader`; the next one first."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def list_milestones(self, query: MilestoneQuery) -> Page[Milestone]:
        with self._house.turn("milestones", "list_milestones") as now:
            return cut_page(
                sorted(self._rows(query, now), key=lambda plan: (_start(plan), plan.code)),
                query.limit,
                query.cursor,
                key=lambda plan: plan.code,
                show=lambda plan: translate.milestone(
                    self._house.name, plan, _start(plan), plan.announced_close(now)
                ),
            )

    def _rows(self, query: MilestoneQuery, now: datetime) -> Iterator[EventPlan]:
        house = self._house
        event = None if query.event_ref is None else house.native(query.event_ref)
        category = None if query.category is None else query.category.casefold()
        for plan in house.scenario.listed(now):
            if (
                Feature.MILESTONES in plan.series.features
                and (event is None or plan.code == event)
                and (category is None or plan.series.category.casefold() == category)
                and (query.starts_after is None or _start(plan) >= query.starts_after)
            ):
                yield plan
