"""Combos: markets that resolve YES only if every leg does."""

from __future__ import annotations

from pydantic import Field

from pmi_core.identifiers import CollectionRef, EventRef, MarketRef, SeriesRef
from pmi_core.models.market import OutcomeSide
from pmi_core.models.model import Model, Time
from pmi_core.models.question import Question

__all__ = ["Collection", "ComboLeg", "ComboRequest"]


class ComboLeg(Model):
    """One condition of a combo."""

    market_ref: MarketRef
    event_ref: EventRef | None = None
    outcome: OutcomeSide


class Collection(Model):
    """From which events a combo may be built, and how."""

    ref: CollectionRef
    series_ref: SeriesRef | None = None
    title: str
    description: str = ""
    event_refs: tuple[EventRef, ...]
    min_legs: int = Field(ge=1)
    max_legs: int = Field(ge=1)
    yes_only: bool = False
    """Whether every leg must be YES."""
    ordered: bool = False
    """Whether the order of the legs makes a difference."""
    one_market_per_event: bool = True
    open_time: Time | None = None
    close_time: Time | None = None


class ComboRequest(Question):
    """Open the market of one combination; the same legs give the same market."""

    collection_ref: CollectionRef
    legs: tuple[ComboLeg, ...] = Field(min_length=1)
