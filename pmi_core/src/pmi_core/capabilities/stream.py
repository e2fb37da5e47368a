"""Live updates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from pmi_core.models import (
    Subscription,
    Update,
)

__all__ = [
    "UpdateStream",
]


@runtime_checkable
class UpdateStream(Protocol):
    """Live updates."""

    def subscribe(self, subscription: Subscription) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        """Open a subscription: ``async with stream.subscribe(wanted) as updates``.

        The first update of a market on the book channel is a whole book.  Leaving the block ends
        the subscription.
        """
        ...
