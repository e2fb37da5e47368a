"""Events and series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pmi_core.errors import NotFound
from pmi_core.identifiers import EventRef, SeriesRef
from pmi_core.models import Event, EventQuery, Page, Series, SeriesQuery
from pmi_provider_paper import translate
from pmi_provider_paper.board import Board
from pmi_provider_paper.catalogue import EventPlan, SeriesPlan
from pmi_provider_paper.combinations import COMBOS
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page

__all__ = ["PaperEvents"]


class PaperEvents:
    """Keeps :class:`pmi_core.capabilities.EventReader`."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    async def list_events(self, query: EventQuery) -> Page[Event]:
        with self._house.turn("events", "list_events") as now:
            return cut_page(
                self._rows(query, now),
                query.limit,
                query.cursor,
                key=lambda plan: plan.code,
                show=lambda plan: self._board.event(plan, now, with_markets=query.with_markets),
            )

    def _rows(self, query: EventQuery, now: datetime) -> Iterator[EventPlan]:
        house = self._house
        series = None if query.series_ref is None else house.native(query.series_ref)
        category = None if query.category is None else query.category.casefold()
        plans = [*house.scenario.listed(now), *(listing.event for listing in house.combos())]
        for plan in plans:
            if (
                (series is None or plan.series.code == series)
                and (category is None or plan.series.category.casefold() == category)
                and (query.status is None or house.status(self._board.listings(plan)[0], now) is query.status)
            ):
                yield plan

    async def get_event(self, event: EventRef | str) -> Event:
        with self._house.turn("events", "get_event") as now:
            ref = EventRef(event)
            code = self._house.native(ref)
            plan = self._house.scenario.event(code)
            if plan is None:
                combo = self._house.lookup(code)
                plan = combo.event if combo is not None and combo.market.legs else None
            if plan is None:
                raise NotFound(f"{ref} names no event", hint="list events for their refs")
            return self._board.event(plan, now, with_markets=True)

    async def list_series(self, query: SeriesQuery) -> Page[Series]:
        with self._house.turn("events", "list_series"):
            return cut_page(
                self._series(query),
                query.limit,
                query.cursor,
                key=lambda plan: plan.code,
                show=lambda plan: translate.series(self._house.name, plan),
            )

    def _series(self, query: SeriesQuery) -> Iterator[SeriesPlan]:
        category = None if query.category is None else query.category.casefold()
        tag = None if query.tag is None else query.tag.casefold()
        for plan in (*self._house.scenario.series.values(), COMBOS):
            if (category is None or plan.category.casefold() == category) and (
                tag is None or tag in (one.casefold() for one in plan.tags)
            ):
                yield plan

    async def get_series(self, series: SeriesRef | str) -> Series:
        with self._house.turn("events", "get_series"):
            ref = SeriesRef(series)
            code = self._house.native(ref)
            plan = COMBOS if code == COMBOS.code else self._house.scenario.series.get(code)
            if plan is None:
                raise NotFound(f"{ref} names no series", hint="list series for their refs")
            return translate.series(self._house.name, plan)
