"""How the rules listen to a stream: never for ever, and never too short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from pmi_core.errors import PmiError
from pmi_core.identifiers import MarketRef
from pmi_core.models import (
    BookUpdate,
    Channel,
    ConnectionState,
    ConnectionUpdate,
    Delivery,
    Subscription,
    Update,
)

__all__ = ["SOON", "a_book_of", "agreeing", "drained", "is_state", "live", "rest", "until", "wanted"]

SOON = 5.0
"""Real seconds within which something that must come comes."""
A_WHILE = 0.15
"""Real seconds without anything, after which nothing more is expected."""
LONGEST, MOST = 1.0, 500
"""Real seconds, and updates, after which a stream that does not rest is left."""


async def until(updates: AsyncIterator[Update], found: Callable[[Update], bool]) -> list[Update]:
    """Read on until an update is the one wanted; gives all that came, that one last."""
    seen: list[Update] = []
    try:
        async with asyncio.timeout(SOON):
            async for update in updates:
                seen.append(update)
                if found(update):
                    return seen
    except TimeoutError:
        pass
    raise AssertionError(f"what was waited for did not come; seen: {[one.type for one in seen]}")


async def live(updates: AsyncIterator[Update]) -> list[Update]:
    """Read on until the subscription is under way: before that, nothing has to be told."""
    return await until(updates, is_state(ConnectionState.LIVE))


async def rest(updates: AsyncIterator[Update]) -> list[Update]:
    """What still comes until nothing came for a short while; bounded, for a venue that never rests."""
    seen: list[Update] = []
    now = asyncio.get_running_loop().time
    ends = now() + LONGEST
    while len(seen) < MOST and now() < ends:
        reading = asyncio.ensure_future(anext(updates))
        await asyncio.wait({reading}, timeout=A_WHILE)
        if not reading.done():
            reading.cancel()
            await asyncio.wait({reading})
            break
        try:
            seen.append(reading.result())
        except StopAsyncIteration:
            break
    return seen


async def drained(updates: AsyncIterator[Update]) -> tuple[list[Update], PmiError | None]:
    """What still comes, as :func:`rest` gives it, and the error that ended it if one did."""
    seen: list[Update] = []
    while len(seen) < MOST:
        try:
            update = await _next(updates)
        except PmiError as error:
            return seen, error
        if update is None:
            break
        seen.append(update)
    return seen, None


async def agreeing(
    updates: AsyncIterator[Update],
    agrees: Callable[[list[Update]], Awaitable[None]],
    before: Sequence[Update] = (),
) -> list[Update]:
    """Read on until what came, after what came ``before``, agrees with what is read; gives it all.

    A venue that moves all the time may move between the last update and the reading, so a
    disagreement counts only if it stays while more is read.
    """
    seen = [*before, *await rest(updates)]
    now = asyncio.get_running_loop().time
    ends = now() + SOON
    while True:
        try:
            await agrees(seen)
        except AssertionError:
            if now() > ends:
                raise
            more = await _next(updates)
            if more is not None:
                seen.append(more)
        else:
            return seen


async def _next(updates: AsyncIterator[Update]) -> Update | None:
    try:
        async with asyncio.timeout(A_WHILE):
            return await anext(updates)
    except (TimeoutError, StopAsyncIteration):
        return None


def is_state(*states: ConnectionState) -> Callable[[Update], bool]:
    """Whether an update says that the stream is in one of the states."""
    return lambda update: isinstance(update, ConnectionUpdate) and update.state in states


def a_book_of(ref: MarketRef) -> Callable[[Update], bool]:
    """Whether an update is a book of the market."""
    return lambda update: isinstance(update, BookUpdate) and update.book.market_ref == ref


def wanted(
    *channels: Channel,
    of: tuple[MarketRef, ...] = (),
    delivery: Delivery = Delivery.EVERY,
    buffer: int = 10_000,
) -> Subscription:
    """A subscription to channels of markets."""
    return Subscription(channels=frozenset(channels), market_refs=of, delivery=delivery, buffer=buffer)
