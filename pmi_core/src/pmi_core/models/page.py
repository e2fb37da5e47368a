"""A page of a listing."""

from __future__ import annotations

from typing import Generic, TypeVar

from pmi_core.models.model import Model

__all__ = ["Page"]

Item = TypeVar("Item")


class Page(Model, Generic[Item]):
    """Some rows of a listing and the way to the next ones."""

    items: tuple[Item, ...]
    """The rows, in the order the venue gives them."""
    cursor: str | None = None
    """Opaque; give it back with the same query for the next page.  None at the end."""
