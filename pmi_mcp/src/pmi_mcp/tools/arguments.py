"""Arguments that mean the same in every tool; their descriptions are paid for in every client."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pmi_core.models import MarketStatus

__all__ = [
    "CursorText",
    "DetailWord",
    "EndText",
    "EventText",
    "LongLimit",
    "MarketFilter",
    "MarketText",
    "OneVenue",
    "RowLimit",
    "StartText",
    "StatusWord",
    "VenueName",
    "status_of",
]

VenueName = Annotated[str | None, Field(description="Venue; all when left out")]
OneVenue = Annotated[str | None, Field(description="Venue; only needed if market is no ref")]
MarketText = Annotated[str, Field(description="Market ref, venue URL or venue's own id")]
MarketFilter = Annotated[str | None, Field(description="Only this market ref")]
EventText = Annotated[str | None, Field(description="Only this event ref")]
DetailWord = Annotated[Literal["brief", "full"], Field(description="full: every field")]
RowLimit = Annotated[int, Field(ge=1, le=100, description="Rows at most")]
LongLimit = Annotated[int, Field(ge=1, le=500, description="Rows at most")]
CursorText = Annotated[str | None, Field(description="From the last answer, to go on")]
StartText = Annotated[str | None, Field(description="ISO 8601 UTC, or back from now: 36h, 7d")]
EndText = Annotated[str | None, Field(description="Like start")]
StatusWord = Annotated[
    Literal["unopened", "open", "closed", "determined", "settled", "voided", "any"],
    Field(description="Market status"),
]


def status_of(word: str) -> MarketStatus | None:
    """The status that is meant; None for ``any``."""
    return None if word == "any" else MarketStatus(word)
