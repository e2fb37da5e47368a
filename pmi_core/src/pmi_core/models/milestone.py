"""Milestones: happenings in the real world that markets depend on."""

from __future__ import annotations

from pmi_core.identifiers import EventRef, MilestoneRef
from pmi_core.models.model import Model, Time

__all__ = ["Milestone"]


class Milestone(Model):
    """A game, a release, an election day."""

    ref: MilestoneRef
    title: str
    category: str | None = None
    kind: str | None = None
    start_time: Time
    end_time: Time | None = None
    event_refs: tuple[EventRef, ...] = ()
    primary_event_refs: tuple[EventRef, ...] = ()
    source: str | None = None
    updated_time: Time | None = None
