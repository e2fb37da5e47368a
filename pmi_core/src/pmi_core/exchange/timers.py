"""What falls due when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from heapq import heapify, heappop, heappush

__all__ = ["TimerKind", "Timers"]


class TimerKind(StrEnum):
    """What is to be looked at; whoever handles it checks that it is still due."""

    OPEN = "open"
    CLOSE = "close"
    SETTLE = "settle"
    EXPIRE = "expire"
    CONFIRM = "confirm"
    EXECUTE = "execute"


class Timers:
    """A heap of moments, equal ones in order of arrival."""

    def __init__(self) -> None:
        self.heap: list[tuple[datetime, int, TimerKind, str]] = []
        self._count = 0
        self._lapsed: set[str] = set()

    def add(self, moment: datetime, kind: TimerKind, key: str) -> None:
        """Look at ``key`` at ``moment``."""
        self._count += 1
        heappush(self.heap, (moment, self._count, kind, key))

    def lapse(self, order_id: str) -> None:
        """An order's expiry is of no interest any more.

        Orders that are canceled long before they expire would fill the heap; it is swept when half
        of it has lapsed.
        """
        self._lapsed.add(order_id)
        if len(self._lapsed) > 512 and len(self._lapsed) * 2 > len(self.heap):
            self.heap = [
                entry
                for entry in self.heap
                if entry[2] is not TimerKind.EXPIRE or entry[3] not in self._lapsed
            ]
            heapify(self.heap)
            self._lapsed.clear()

    def due(self, now: datetime) -> Iterator[tuple[TimerKind, str]]:
        """Take out what is due, earliest first, also what becomes due meanwhile."""
        while self.heap and self.heap[0][0] <= now:
            _, _, kind, key = heappop(self.heap)
            if kind is TimerKind.EXPIRE and key in self._lapsed:
                self._lapsed.discard(key)
                continue
            yield kind, key
