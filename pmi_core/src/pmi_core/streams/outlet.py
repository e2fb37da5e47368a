"""What waits for the consumer of a subscription: everything up to a bound, or only the newest."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Self

from pmi_core.books import BookView
from pmi_core.errors import PmiError, SequenceGap
from pmi_core.models import BookUpdate, Delivery, Update
from pmi_core.streams.newest import Newest

__all__ = ["Outlet"]


class Outlet:
    """An async iterator of updates that somebody else puts in.

    In ``every`` mode updates that find the buffer full are lost and counted: the consumer gets what was
    kept and then :class:`SequenceGap` with the number, never a silent hole.  In ``latest`` mode only
    the newest update of each channel and market waits.

    Args:
        delivery: the mode.
        buffer: updates kept for a slow consumer in ``every`` mode.
        venue: the configured venue's name, for the error.
    """

    def __init__(self, delivery: Delivery, buffer: int, venue: str) -> None:
        self._newest = Newest() if delivery is Delivery.LATEST else None
        self._every: deque[Update | BookView] = deque()
        self._buffer = buffer
        self._venue = venue
        self._lost = 0
        self._over = False
        self._error: PmiError | None = None
        self._waiter: asyncio.Future[None] | None = None

    def put(self, update: Update) -> None:
        """Offer an update; never waits."""
        if self._over:
            return
        if self._newest is not None:
            self._newest.put(update)
        elif self._lost or len(self._every) >= self._buffer:
            self._lost += 1
        else:
            self._every.append(update)
        self._wake()

    def put_book(self, view: BookView) -> None:
        """Offer a book as it stands now; the whole of it is built only if the consumer looks."""
        if self._over:
            return
        if self._newest is not None:
            self._newest.put(BookUpdate.later(view, view.received_time))
        elif self._lost or len(self._every) >= self._buffer:
            self._lost += 1
            return
        else:
            # The update is made when it is handed over: what lives for a moment costs no collection.
            self._every.append(view)
        if self._waiter is not None:
            self._wake()

    def finish(self, error: PmiError | None = None) -> None:
        """Nothing more will come; what is left is still given, then the error if there is one."""
        if not self._over:
            self._over, self._error = True, error
            self._wake()

    def drop(self) -> None:
        """The consumer left: nothing is given any more."""
        self.finish()
        self._every.clear()
        if self._newest is not None:
            self._newest.clear()
        self._error, self._lost = None, 0

    @property
    def waiting(self) -> int:
        """Updates that wait for the consumer."""
        return len(self._every) if self._newest is None else len(self._newest)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Update:
        while True:
            if self._every:
                first = self._every.popleft()
                if isinstance(first, BookView):
                    return BookUpdate.later(first, first.received_time)
                return first
            if self._newest:
                return self._newest.take()
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
            if self._waiter is None:
                self._waiter = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._waiter)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.set_result(None)
