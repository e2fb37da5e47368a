"""Walking a listing page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from pmi_core.errors import UnexpectedAnswer
from pmi_core.models.page import Page

__all__ = ["pages"]

Item = TypeVar("Item")


async def pages(
    fetch: Callable[[str | None], Awaitable[Page[Item]]],
    *,
    cursor: str | None = None,
    venue: str | None = None,
    capability: str | None = None,
) -> AsyncIterator[Page[Item]]:
    """Give page after page until there is no cursor; stop taking whenever enough is seen.

    Args:
        fetch: asks for the page at a cursor; None asks for the first one.
        cursor: where to begin.
        venue: the venue's name, for the error.
        capability: the slot, for the error.

    Raises:
        UnexpectedAnswer: the venue gave a cursor for the second time, so the walk would not end.
    """
    seen = {cursor} if cursor else set()
    while True:
        page = await fetch(cursor)
        yield page
        cursor = page.cursor
        if not cursor:
            return
        if cursor in seen:
            raise UnexpectedAnswer(
                f"the listing goes in a circle: page {len(seen) + 1} points back to an earlier one",
                hint="narrow the question, or begin again without a cursor",
                venue=venue,
                capability=capability,
            )
        seen.add(cursor)
