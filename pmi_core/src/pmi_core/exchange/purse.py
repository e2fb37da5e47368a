"""Money of one member in one currency."""

from __future__ import annotations

__all__ = ["Purse"]


class Purse:
    """What is there, and how much of it working orders need."""

    __slots__ = ("cash", "reserved")

    def __init__(self) -> None:
        self.cash = 0
        self.reserved = 0

    def available(self) -> int:
        """Money that is free for new orders."""
        return self.cash - self.reserved
