"""Finding things: venue status, markets, events, search, milestones."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pmi_core.identifiers import EventRef, MarketRef, SeriesRef
from pmi_core.models import (
    Event,
    EventQuery,
    ExchangeStatus,
    Market,
    MarketQuery,
    Milestone,
    MilestoneQuery,
    Page,
    SearchQuery,
    Series,
    SeriesQuery,
)

__all__ = [
    "EventReader",
    "MarketReader",
    "MarketSearcher",
    "MilestoneReader",
    "StatusReader",
]


@runtime_checkable
class StatusReader(Protocol):
    """Whether the venue works."""

    async def get_status(self) -> ExchangeStatus:
        """Read whether the venue answers and trades."""
        ...


@runtime_checkable
class MarketReader(Protocol):
    """Markets by listing and by ref."""

    async def list_markets(self, query: MarketQuery) -> Page[Market]:
        """List markets page by page; pages never repeat a row while nothing changes."""
        ...

    async def get_market(self, market: MarketRef | str) -> Market:
        """Read one market.

        Raises:
            NotFound: the venue knows no such market.
        """
        ...


@runtime_checkable
class EventReader(Protocol):
    """Events and the series they belong to."""

    async def list_events(self, query: EventQuery) -> Page[Event]:
        """List events page by page."""
        ...

    async def get_event(self, event: EventRef | str) -> Event:
        """Read one event with all its markets.

        Raises:
            NotFound: the venue knows no such event.
        """
        ...

    async def list_series(self, query: SeriesQuery) -> Page[Series]:
        """List series page by page."""
        ...

    async def get_series(self, series: SeriesRef | str) -> Series:
        """Read one series.

        Raises:
            NotFound: the venue knows no such series.
        """
        ...


@runtime_checkable
class MarketSearcher(Protocol):
    """Free-text search, only where the venue itself searches."""

    async def search(self, query: SearchQuery) -> Page[Market]:
        """Find markets, best match first."""
        ...


@runtime_checkable
class MilestoneReader(Protocol):
    """Happenings that markets depend on."""

    async def list_milestones(self, query: MilestoneQuery) -> Page[Milestone]:
        """List milestones page by page."""
        ...
