"""Rows that a reader sees a little later than they change, as at the exchange."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Generic, TypeVar

__all__ = ["Lagging"]

Row = TypeVar("Row")


class Lagging(Generic[Row]):
    """Versions of rows by key; a read gives those that are at least ``lag`` old."""

    def __init__(self, lag: timedelta) -> None:
        self._lag = lag
        self._rows: dict[str, list[tuple[datetime, Row]]] = {}

    def put(self, key: str, row: Row, now: datetime) -> None:
        """Write a row's new version."""
        versions = self._rows.setdefault(key, [])
        versions.append((now, row))
        if len(versions) > 1:
            seen = [place for place, (at, _) in enumerate(versions) if at <= now - self._lag]
            del versions[: seen[-1] if seen else 0]

    def get(self, key: str, now: datetime) -> Row | None:
        """What a reader sees of one row; None before its first version shows."""
        versions = self._rows.get(key, ())
        return next((row for at, row in reversed(versions) if at <= now - self._lag), None)

    def newest(self, key: str) -> Row | None:
        """The row without the lag."""
        versions = self._rows.get(key)
        return versions[-1][1] if versions else None

    def each(self, now: datetime) -> Iterator[Row]:
        """What a reader sees of all rows, newest key first."""
        for key in reversed(self._rows):
            row = self.get(key, now)
            if row is not None:
                yield row
