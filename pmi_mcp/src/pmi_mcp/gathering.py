"""One listing out of several venues' listings: asked at once, a failing venue stops no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pmi_core.errors import PmiError, RequestError
from pmi_mcp.asking import ask_all
from pmi_mcp.cursors import START, Place, read_cursor, write_cursor
from pmi_mcp.failures import describe
from pmi_mcp.wording import checked

if TYPE_CHECKING:
    from pmi_core.capabilities import Capability
    from pmi_core.models import Page
    from pmi_core.models.question import Question
    from pmi_mcp.venues import Venues

__all__ = ["Gathered", "Reader", "Slice", "gather", "merge", "pages"]

Item = TypeVar("Item")

_MOST_ROWS = 1_000
_EMPTY_PAGES = 5


@dataclass(frozen=True, slots=True)
class Slice(Generic[Item]):
    """Rows of one venue, and where to go on after any number of them."""

    items: Sequence[Item]
    places: Callable[[int], Place | None]
    """Where to go on when only so many of the rows were used; None at the end."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What else is worth telling of how the rows were found."""


Reader: TypeAlias = Callable[[str, Place], Awaitable[Slice[Item]]]
"""Reads one venue's rows from a place on."""


@dataclass(frozen=True, slots=True)
class Gathered(Generic[Item]):
    """Rows of all venues in the order in which they are shown."""

    rows: list[tuple[str, Item]]
    slices: dict[str, Slice[Item]]
    errors: list[dict[str, Any]]

    @property
    def failures(self) -> dict[str, Any]:
        """The venues that gave no answer, as a field of the answer; nothing where all did."""
        return {"errors": self.errors} if self.errors else {}

    def cursor(self, kept: int) -> str | None:
        """Where to go on when only the first ``kept`` rows are shown; None when all was shown."""
        used = Counter(name for name, _ in self.rows[:kept])
        places = {name: found.places(used[name]) for name, found in self.slices.items()}
        return write_cursor({name: place for name, place in places.items() if place is not None})


async def gather(
    names: Sequence[str],
    cursor: str | None,
    read: Reader[Item],
    *,
    limit: int,
    newest: Callable[[Item], datetime | None] | None = None,
) -> Gathered[Item]:
    """Ask every venue at once, as :func:`pmi_mcp.asking.ask_all` does, and put the rows together.

    Args:
        names: the venues to ask.
        cursor: where an earlier answer ended; only the venues in it are asked.
        read: reads one venue's rows from a place on.
        limit: rows in all.
        newest: the time by which rows are put together, newest first; otherwise the venues
            take turns.

    Raises:
        PmiError: no venue gave an answer; the first one's reason.
    """
    places = _places(names, cursor)
    if not places:
        raise RequestError(
            "no configured venue can do this", hint="list_venues, or `pmi venues`, shows what each can do"
        )
    answers = await ask_all(tuple(places), lambda name: read(name, places[name]))
    slices: dict[str, Slice[Item]] = {}
    failed: list[PmiError] = []
    for name, answer in zip(places, answers, strict=True):
        if isinstance(answer, PmiError):
            failed.append(answer)
        else:
            slices[name] = answer
    if not slices:
        raise failed[0]
    return Gathered(merge(slices, newest)[:limit], slices, [describe(error) for error in failed])


def _places(names: Sequence[str], cursor: str | None) -> dict[str, Place]:
    if not cursor:
        return dict.fromkeys(names, START)
    places = read_cursor(cursor)
    if strange := [name for name in places if name not in names]:
        raise RequestError(
            f"the cursor goes on at {', '.join(strange)[:80]}, which this question does not ask",
            hint="give a cursor back with the same question",
        )
    return places


def merge(
    slices: dict[str, Slice[Item]], newest: Callable[[Item], datetime | None] | None = None
) -> list[tuple[str, Item]]:
    """Put venues' rows together, each venue's order kept: newest first, or in turns."""
    rows: list[tuple[str, Item]] = []
    done = dict.fromkeys(slices, 0)
    while waiting := [name for name in slices if done[name] < len(slices[name].items)]:
        if newest is None or len(waiting) == 1:
            chosen = waiting
        else:
            chosen = [max(waiting, key=lambda name: _age(newest(slices[name].items[done[name]])))]
        for name in chosen:
            rows.append((name, slices[name].items[done[name]]))
            done[name] += 1
    return rows


def _age(time: datetime | None) -> float:
    return time.timestamp() if time is not None else float("-inf")


def pages(
    venues: Venues,
    capability: Capability,
    limit: int,
    question: type[Question],
    ask: Callable[[Any, Any], Awaitable[Page[Item]]],
    **filters: Any,
) -> Reader[Item]:
    """Read a venue's listing page by page, from a place within a page on.

    Args:
        venues: opens the venue.
        capability: which part of it lists.
        limit: rows that are wanted.
        question: the model of the question; a page's size and the venue's cursor are put into it.
        ask: puts a question to the part.
        filters: the question's, by its own field names.
    """

    async def read(name: str, place: Place) -> Slice[Item]:
        part = await venues.part(name, capability)
        for _ in range(_EMPTY_PAGES):
            wanted = min(limit + place.skip, _MOST_ROWS)
            query = checked(question, **filters, limit=wanted, cursor=place.cursor)
            page = await venues.wait(name, ask(part, query))
            if len(page.items) > place.skip or page.cursor is None:
                return _slice(page, place)
            place = Place(page.cursor)
        nothing: Sequence[Item] = ()
        return Slice(nothing, partial(_always, place))

    return read


def _always(place: Place, used: int) -> Place:
    """Where to go on after pages without a row, which some venues give."""
    del used
    return place


def _slice(page: Page[Item], start: Place) -> Slice[Item]:
    left = page.items[start.skip :]

    def places(used: int) -> Place | None:
        if used < len(left):
            return Place(start.cursor, start.skip + used)
        return None if page.cursor is None else Place(page.cursor)

    return Slice(left, places)
