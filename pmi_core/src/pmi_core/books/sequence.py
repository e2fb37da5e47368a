"""The numbers that a venue gives its messages, and what their order tells."""

from __future__ import annotations

from enum import Enum
from typing import Final

__all__ = ["Place", "Sequence"]


class Place(Enum):
    """Where a number stands among those that came before."""

    NEXT = 1
    """The one expected."""
    REPEATED = 0
    """The newest number once more; its message is to be left out, and nothing is lost."""
    GAP = -1
    """Something is missing, came late, or the venue counts anew."""


_NEXT: Final = Place.NEXT


class Sequence:
    """Counts the messages of one subscription (or market, where the venue counts by market).

    After a gap the newest number seen stays the mark: a whole book that comes with a lower number
    was made before something that is already lost, so it must not be shown; see :meth:`is_newest`.

    Args:
        first: the number that the first message must have; None to take any.
    """

    __slots__ = ("last",)

    def __init__(self, first: int | None = 1) -> None:
        self.last: int | None = None if first is None else first - 1
        """The newest number seen."""

    def take(self, number: int) -> Place:
        """Say where a number stands, and remember it."""
        last = self.last
        if last is None or number == last + 1:
            self.last = number
            return _NEXT
        if number == last:
            return Place.REPEATED
        self.last = max(last, number)
        return Place.GAP

    def is_newest(self, number: int) -> bool:
        """Whether nothing newer was seen."""
        return self.last == number
