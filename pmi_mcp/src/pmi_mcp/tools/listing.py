"""What every listing tool does: ask venues page by page, put the rows together, say where to go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pmi_core.capabilities import Capability
from pmi_core.identifiers import Ref
from pmi_core.models import Page
from pmi_core.models.question import Question
from pmi_mcp.gathering import gather, pages
from pmi_mcp.outputs import Answer
from pmi_mcp.venues import Venues
from pmi_mcp.views.values import Detail

__all__ = ["Listing"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Item]):
    """One kind of thing that venues list."""

    name: str
    """The field of the answer that holds the rows."""
    capability: Capability
    query: type[Question]
    """The question; its filters are what a tool gives to :meth:`answer`."""
    read: Callable[[Any, Any], Awaitable[Page[Item]]]
    """Puts the question to the venue's part that answers for the capability."""
    row: Callable[[Item, Detail], dict[str, Any]]
    newest: Callable[[Item], datetime | None] | None = None
    """The time by which venues' rows are put together; without it the venues take turns."""
    shown: Callable[[Item], Ref | None] | None = None
    """The ref that a row shows, kept so that a mistyped one can be put right later."""

    async def answer(
        self,
        venues: Venues,
        names: Sequence[str],
        *,
        limit: int,
        cursor: str | None,
        detail: Detail,
        **filters: Any,
    ) -> Answer:
        """Ask the named venues at once and show their rows.

        Args:
            venues: where the names lead.
            names: the venues to ask.
            limit: rows in all.
            cursor: where an earlier answer ended.
            detail: how much of each row to show.
            filters: the question's, by its own field names.

        Raises:
            PmiError: no venue gave an answer; the first one's reason.
        """
        read = pages(venues, self.capability, limit, self.query, self.read, **filters)
        found = await gather(names, cursor, read, limit=limit, newest=self.newest)
        if self.shown is not None:
            refs = [self.shown(row) for _, row in found.rows]
            venues.remember(ref for ref in refs if ref is not None)
        rows = [self.row(row, detail) for _, row in found.rows]
        return Answer(name=self.name, rows=rows, cursor=found.cursor, after=found.failures)
