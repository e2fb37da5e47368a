"""Markets made of other markets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from pmi_core.errors import MarketNotOpen, NotFound, RequestError
from pmi_core.identifiers import CollectionRef, EventRef, SeriesRef
from pmi_core.models import Collection, CollectionQuery, ComboRequest, Market, OutcomeSide, Page
from pmi_provider_paper.board import Board
from pmi_provider_paper.catalogue import EventPlan
from pmi_provider_paper.catalogue.plans import Feature
from pmi_provider_paper.combinations import COMBOS, code_of
from pmi_provider_paper.house import House
from pmi_provider_paper.paging import cut_page
from pmi_provider_paper.records import ComboRecord

__all__ = ["PaperCombos"]


class _Plan(NamedTuple):
    code: str
    title: str
    categories: frozenset[str] | None
    min_legs: int
    max_legs: int
    yes_only: bool


_COLLECTIONS: Final = (
    _Plan("ALL", "Any open events together", None, 2, 6, yes_only=False),
    _Plan("SPORT", "Games of the coming days", frozenset({"Sports"}), 2, 8, yes_only=True),
    _Plan("MACRO", "Economic releases", frozenset({"Economics"}), 2, 4, yes_only=False),
)


class PaperCombos:
    """Keeps :class:`pmi_core.capabilities.ComboBuilder`; one market of each event, in any order."""

    def __init__(self, house: House, board: Board) -> None:
        self._house = house
        self._board = board

    def _events(self, plan: _Plan, now: datetime) -> list[EventPlan]:
        return [
            event
            for event in self._house.scenario.listed(now)
            if Feature.COMBOS in event.series.features
            and event.is_open(now)
            and (plan.categories is None or event.series.category in plan.categories)
        ]

    def _show(self, plan: _Plan, now: datetime) -> Collection:
        name = self._house.name
        events = self._events(plan, now)
        return Collection(
            ref=CollectionRef.make(name, plan.code),
            series_ref=SeriesRef.make(name, COMBOS.code),
            title=plan.title,
            description=f"{plan.min_legs} to {plan.max_legs} legs; yes only if every leg is as named.",
            event_refs=tuple(EventRef.make(name, event.code) for event in events),
            min_legs=plan.min_legs,
            max_legs=plan.max_legs,
            yes_only=plan.yes_only,
            close_time=max((event.announced_close(now) for event in events), default=None),
        )

    async def list_collections(self, query: CollectionQuery) -> Page[Collection]:
        with self._house.turn("combos", "list_collections") as now:
            return cut_page(
                self._rows(query, now),
                query.limit,
                query.cursor,
                key=lambda plan: plan.code,
                show=lambda plan: self._show(plan, now),
            )

    def _rows(self, query: CollectionQuery, now: datetime) -> Iterator[_Plan]:
        event = None if query.event_ref is None else self._house.native(query.event_ref)
        for plan in _COLLECTIONS:
            events = self._events(plan, now)
            if event is not None and event not in {one.code for one in events}:
                continue
            if events or not query.open_only:
                yield plan

    def _find(self, collection: CollectionRef | str) -> _Plan:
        ref = CollectionRef(collection)
        code = self._house.native(ref)
        found = next((plan for plan in _COLLECTIONS if plan.code == code), None)
        if found is None:
            raise NotFound(f"{ref} names no collection", hint="list collections for their refs")
        return found

    async def get_collection(self, collection: CollectionRef | str) -> Collection:
        with self._house.turn("combos", "get_collection") as now:
            return self._show(self._find(collection), now)

    async def open_combo(self, request: ComboRequest) -> Market:
        house = self._house
        with house.turn("combos", "open_combo") as now:
            plan = self._find(request.collection_ref)
            legs = self._legs(plan, request, now)
            code = code_of(legs)
            if code not in house.memory.combos:
                record = ComboRecord(id=code, collection=plan.code, legs=tuple(sorted(legs)), opened=now)
                house.memory.put_combo(record)
            listing = house.lookup(code)
            if listing is None:
                raise NotFound(f"a leg of {code} is not known any more")
            return self._board.market(listing, now)

    def _legs(self, plan: _Plan, request: ComboRequest, now: datetime) -> list[tuple[str, OutcomeSide]]:
        """The legs as codes, after checking the collection's rules.

        Raises:
            RequestError: a rule is broken; the message says which.
        """
        if not plan.min_legs <= len(request.legs) <= plan.max_legs:
            raise RequestError(
                f"{request.collection_ref} takes {plan.min_legs} to {plan.max_legs} legs, not {len(request.legs)}"
            )
        events = {event.code for event in self._events(plan, now)}
        legs: list[tuple[str, OutcomeSide]] = []
        used: set[str] = set()
        for leg in request.legs:
            listing = self._house.listing(leg.market_ref.market)
            event = listing.event
            if now >= event.close_time:
                raise MarketNotOpen(f"{leg.market_ref} has closed")
            if event.code not in events:
                raise RequestError(
                    f"{leg.market_ref} cannot be a leg in {request.collection_ref}",
                    hint="take markets of the collection's events",
                )
            if event.code in used:
                raise RequestError(
                    f"two legs belong to the event {event.code}", hint="take one of each event"
                )
            if plan.yes_only and leg.outcome is not OutcomeSide.YES:
                raise RequestError(f"{request.collection_ref} takes yes legs only")
            used.add(event.code)
            legs.append((listing.code, leg.outcome))
        return legs
