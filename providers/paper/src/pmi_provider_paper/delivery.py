"""What waits for the consumer of a stream: everything up to a bound, or only the newest."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Self

from pmi_core.errors import PmiError, SequenceGap
from pmi_core.models import (
    BookUpdate,
    Delivery,
    FillReversed,
    FillUpdate,
    OrderUpdate,
    PositionUpdate,
    TradeUpdate,
    Update,
)

__all__ = ["Outlet"]


def _topic(update: Update) -> tuple[str, str]:
    """The channel and market of an update: the newest of each is kept in latest mode."""
    if isinstance(update, BookUpdate):
        return update.type, update.book.market_ref
    if isinstance(update, TradeUpdate):
        return update.type, update.trade.market_ref
    if isinstance(update, OrderUpdate):
        return update.type, update.order.market_ref
    if isinstance(update, FillUpdate | FillReversed):
        return update.type, update.fill.market_ref
    if isinstance(update, PositionUpdate):
        return update.type, update.position.market_ref
    return update.type, getattr(update, "market_ref", "")


class Outlet:
    """An async iterator of updates that somebody else puts in.

    In ``every`` mode updates that find the buffer full are lost; the consumer gets what was kept and
    then :class:`SequenceGap`, which counts them.
    """

    def __init__(self, delivery: Delivery, buffer: int, venue: str) -> None:
        self._latest: dict[tuple[str, str], Update] | None = {} if delivery is Delivery.LATEST else None
        self._every: deque[Update] = deque()
        self._buffer = buffer
        self._venue = venue
        self._lost = 0
        self._over = False
        self._error: PmiError | None = None
        self._news = asyncio.Event()

    def put(self, update: Update) -> None:
        """Offer an update; never waits."""
        if self._over:
            return
        if self._latest is not None:
            self._latest[_topic(update)] = update
        elif self._lost or len(self._every) >= self._buffer:
            self._lost += 1
        else:
            self._every.append(update)
        self._news.set()

    def finish(self, error: PmiError | None = None) -> None:
        """Nothing more will come; what is left is still given, then the error if there is one."""
        if not self._over:
            self._over, self._error = True, error
            self._news.set()

    def drop(self) -> None:
        """The consumer left: nothing is given any more."""
        self.finish()
        self._every.clear()
        if self._latest is not None:
            self._latest.clear()
        self._error, self._lost = None, 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Update:
        while True:
            if self._latest:
                return self._latest.pop(next(iter(self._latest)))
            if self._every:
                return self._every.popleft()
            if self._lost:
                lost, self._lost = self._lost, 0
                self._over, self._error = True, None
                raise SequenceGap(
                    f"the consumer was too slow: {lost} updates were lost",
                    venue=self._venue,
                    capability="stream",
                    hint="subscribe again, read faster, take a larger buffer, or delivery 'latest'",
                )
            if self._over:
                if self._error is not None:
                    error, self._error = self._error, None
                    raise error
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
