"""Pages of a list that is already in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from pmi_core.errors import RequestError
from pmi_core.models import Model, Page

__all__ = ["cut_page"]

Row = TypeVar("Row")
Item = TypeVar("Item", bound=Model)


def cut_page(
    rows: Iterable[Row],
    limit: int,
    cursor: str | None,
    *,
    key: Callable[[Row], str],
    show: Callable[[Row], Item],
) -> Page[Item]:
    """Show the rows that follow the one a cursor names; rows before it may come and go.

    Raises:
        RequestError: no row has the cursor's key.
    """
    left = iter(rows)
    if cursor is not None and not any(key(row) == cursor for row in left):
        raise RequestError(
            "the cursor names no row of this listing", hint="start again without one", code="cursor"
        )
    found = list(islice(left, limit + 1))
    more = len(found) > limit
    found = found[:limit]
    return Page[Item].trusted(
        {"items": tuple(show(row) for row in found), "cursor": key(found[-1]) if more else None}
    )
