"""Answers that change slowly, kept for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from pmi_core.clock import Clock

__all__ = ["Kept"]

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Remembers what was fetched, by key, for ``seconds``; the oldest of ``most`` makes room."""

    def __init__(self, clock: Clock, *, seconds: float, most: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._values: dict[Key, tuple[float, Value]] = {}

    async def get(self, key: Key, fetch: Callable[[], Awaitable[Value]]) -> Value:
        """Give what is remembered, or fetch it; a failure is not remembered."""
        now = self._clock.monotonic()
        found = self._values.get(key)
        if found is not None and now - found[0] < self._seconds:
            return found[1]
        value = await fetch()
        self._values.pop(key, None)
        while len(self._values) >= self._most:
            del self._values[next(iter(self._values))]
        self._values[key] = (now, value)
        return value
