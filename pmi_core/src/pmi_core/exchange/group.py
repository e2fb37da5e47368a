"""An order group inside the engine: a cap on contracts filled within a rolling window."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

__all__ = ["Group"]


class Group:
    """Fills of its orders within the window never exceed the limit; reaching it triggers."""

    __slots__ = ("account", "hits", "id", "limit", "orders", "triggered", "used", "window")

    def __init__(self, id: str, account: str, limit: int, window: timedelta) -> None:  # noqa: A002 - as everywhere
        self.id = id
        self.account = account
        self.limit = limit
        self.window = window
        self.hits: deque[tuple[datetime, int]] = deque()
        self.used = 0
        self.triggered = False
        self.orders: dict[str, None] = {}
        """Ids of working ones, in the order in which they came."""

    def room(self, now: datetime) -> int:
        """Contracts that may still be filled now."""
        return max(self.limit - self.used_at(now), 0)

    def used_at(self, now: datetime) -> int:
        """Contracts filled within the window that ends now."""
        used = self.used
        for moment, size in self.hits:
            if moment + self.window > now:
                break
            used -= size
        return used

    def hit(self, now: datetime, size: int) -> None:
        """Count a fill."""
        hits = self.hits
        while hits and hits[0][0] + self.window <= now:
            self.used -= hits.popleft()[1]
        hits.append((now, size))
        self.used += size
