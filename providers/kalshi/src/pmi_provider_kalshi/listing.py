"""Pages over what the venue lists in several parts.

Some answers stand in two places (the live tier and the archive, active markets and paused ones),
and the venue takes a garbled cursor as no cursor at all.  So a cursor handed out here names the
question it belongs to, the part, and the venue's own cursor in it; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from zlib import crc32

from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.models import Model

__all__ = ["Part", "Rows", "next_place", "page_of", "place_of"]

Row = TypeVar("Row")
Rows = tuple[Sequence[Row], str | None]
"""Rows of one answer and the venue's cursor after them; empty or None at the end."""


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """One list at the venue.

    Attributes:
        name: stable, without a full stop.
        fetch: asks for a number of rows at a cursor of the venue.
    """

    name: str
    fetch: Callable[[int, str | None], Awaitable[Rows[Row]]]


def _mark(query: Model) -> str:
    asked = query.model_dump_json(exclude={"cursor", "limit"})
    return f"{crc32(f'{type(query).__name__}{asked}'.encode()):08x}"


def place_of(query: Model, cursor: str | None) -> tuple[str, str] | None:
    """Where a cursor points: the part's name and the place in it; None without a cursor.

    Raises:
        RequestError: the cursor was not handed out for this question.
    """
    if cursor is None:
        return None
    mark, _, rest = cursor.partition(".")
    name, dot, place = rest.partition(".")
    if mark != _mark(query) or not dot:
        raise _foreign()
    return name, place


def next_place(query: Model, name: str, place: str | None) -> str:
    """The cursor that points to a place in a part."""
    return f"{_mark(query)}.{name}.{place or ''}"


async def page_of(
    query: Model, limit: int, cursor: str | None, parts: Sequence[Part[Row]], venue: str
) -> tuple[list[Row], str | None]:
    """Give at most ``limit`` rows, going on with the next part where one ends before that.

    Raises:
        RequestError: the cursor was not handed out for this question.
        UnexpectedAnswer: the venue's listing does not advance.
    """
    here = place_of(query, cursor)
    start, place = 0, None
    if here is not None:
        name, place = here[0], here[1] or None
        start = next((at for at, part in enumerate(parts) if part.name == name), -1)
        if start < 0:
            raise _foreign()
    rows: list[Row] = []
    for at in range(start, len(parts)):
        part = parts[at]
        found, after = await part.fetch(limit - len(rows), place)
        if after and after == place:
            raise UnexpectedAnswer(
                "the venue's listing does not advance: a page points to itself",
                hint="begin again without a cursor",
                venue=venue,
            )
        rows += found
        if after:
            return rows, next_place(query, part.name, after)
        place = None
        if len(rows) >= limit and at + 1 < len(parts):
            return rows, next_place(query, parts[at + 1].name, None)
    return rows, None


def _foreign() -> RequestError:
    return RequestError(
        "the cursor does not belong to this listing",
        hint="give back the cursor of the last page with the same question, or begin without one",
    )
