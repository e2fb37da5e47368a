"""Events and series: what markets belong to."""

from __future__ import annotations

from pmi_core.identifiers import EventRef, SeriesRef
from pmi_core.models.fees import FeeSchedule
from pmi_core.models.market import Market, ResolutionSource
from pmi_core.models.model import Model, Time

__all__ = ["Event", "Series"]


class Series(Model):
    """A recurring question: its events differ by date or subject."""

    ref: SeriesRef
    title: str
    category: str | None = None
    tags: tuple[str, ...] = ()
    frequency: str | None = None
    resolution_sources: tuple[ResolutionSource, ...] = ()
    fees: FeeSchedule | None = None


class Event(Model):
    """A happening with one market or several."""

    ref: EventRef
    series_ref: SeriesRef | None = None
    title: str
    subtitle: str | None = None
    category: str | None = None
    mutually_exclusive: bool | None = None
    """At most one market resolves YES; None where the venue does not say."""
    exhaustive: bool | None = None
    """At least one market resolves YES; None where the venue does not say."""
    open_set: bool | None = None
    """Whether markets may still be added; None where the venue does not say."""
    markets: tuple[Market, ...] = ()
    """Empty also when the listing was asked without markets."""
    resolution_sources: tuple[ResolutionSource, ...] = ()
    close_time: Time | None = None
    """When the last of its markets closes."""
