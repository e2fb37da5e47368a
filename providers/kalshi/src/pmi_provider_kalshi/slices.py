"""Pages over what the venue gives whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pmi_core.errors import RequestError
from pmi_core.models import MarketQuery, SeriesQuery
from pmi_provider_kalshi.listing import next_place, place_of

__all__ = ["offset_of", "slice_of"]

Row = TypeVar("Row")


def offset_of(query: MarketQuery | SeriesQuery, length: int) -> int:
    """How many rows the query's cursor has behind it.

    Raises:
        RequestError: the cursor was not handed out for this question.
    """
    place = place_of(query, query.cursor)
    if place is None:
        return 0
    name, text = place
    if name != "from" or not text.isdecimal() or int(text) > length:
        raise RequestError(
            "the cursor does not belong to this listing",
            hint="give back the cursor of the last page with the same question, or begin without one",
        )
    return int(text)


def slice_of(query: SeriesQuery, rows: Sequence[Row]) -> tuple[Sequence[Row], str | None]:
    """The query's page of a whole list, and the cursor after it."""
    start = offset_of(query, len(rows))
    end = start + query.limit
    return rows[start:end], next_place(query, "from", str(end)) if end < len(rows) else None
