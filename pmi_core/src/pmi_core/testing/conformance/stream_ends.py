"""Rules of the capability ``stream``: how markets and subscriptions end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from pmi_core.capabilities import Capability, MarketReader, UpdateStream
from pmi_core.clock import Clock
from pmi_core.errors import PmiError
from pmi_core.identifiers import MarketRef
from pmi_core.models import Channel, LifecycleKind, LifecycleUpdate, Update
from pmi_core.provider import Venue
from pmi_core.testing.clock import ManualClock
from pmi_core.testing.conformance import listening
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.listening import a_book_of, live, until, wanted
from pmi_core.testing.conformance.samples import Subjects, a_market, open_markets
from pmi_core.testing.conformance.stage import Contract, Ending
from pmi_core.testing.conformance.stream import check_may_stream

__all__ = ["StreamEndRules"]

VISITS = 4
OVER = frozenset(
    {LifecycleKind.CLOSED, LifecycleKind.DETERMINED, LifecycleKind.SETTLED, LifecycleKind.VOIDED}
)


class StreamEndRules(Contract):
    """What ends is told, and what ended leaves nothing."""

    async def test_stream_lifecycle_agrees_with_reads(
        self, venue: Venue, clock: Clock, ending: Ending | None, may_trade: bool, may_stream: bool
    ) -> None:
        """A market that closes while it is listened to is announced, as it is read; so is a close that moves."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        reader = needs(venue.markets, Capability.MARKETS, venue)
        ref, end = await _about_to_end(venue, reader, clock if may_trade else None, ending)
        async with stream.subscribe(wanted(Channel.LIFECYCLE, of=(ref,))) as updates:
            await live(updates)
            await end()
            seen = await until(updates, _ends_or_moves)
            while not any(isinstance(one, LifecycleUpdate) and one.kind in OVER for one in seen):
                close = (await reader.get_market(ref)).close_time
                if close is None or not isinstance(clock, ManualClock):
                    skip(f"the close of {ref} moved, to no moment that can be awaited here")
                await clock.move_to(max(close + timedelta(seconds=1), clock.now()))
                seen += await until(updates, _ends_or_moves)
            read = await reader.get_market(ref)
        told = [one for one in seen if isinstance(one, LifecycleUpdate)]
        assert {one.market_ref for one in told} == {ref}
        assert not read.is_open, f"{told[-1].kind} was announced and the market is read as open"
        if told[-1].market is not None:
            assert told[-1].market.status is read.status

    async def test_stream_closing_the_venue_ends_it(
        self, venue: Venue, subjects: Subjects, may_stream: bool
    ) -> None:
        """When the venue is closed, whoever listens is told: the updates end, and nobody waits for ever."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        ref = (await a_market(venue, subjects)).ref
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            await until(updates, a_book_of(ref))
            await venue.aclose()
            try:
                async with asyncio.timeout(listening.SOON):
                    async for _ in updates:
                        pass
            except PmiError:
                pass
            except TimeoutError:
                raise AssertionError("the venue is closed and its stream still waits") from None

    async def test_stream_leaves_nothing_behind(
        self, venue: Venue, subjects: Subjects, may_stream: bool
    ) -> None:
        """Subscriptions that were left, or broken off, keep no task; a closed venue has none at all."""
        check_may_stream(venue, may_stream)
        stream = needs(venue.stream, Capability.STREAM, venue)
        ref = (await a_market(venue, subjects)).ref
        before = asyncio.all_tasks()

        def left() -> int:
            return len(asyncio.all_tasks() - before)

        await _visit(stream, ref)
        first = left()  # a connection may be kept for the next subscription
        for _ in range(VISITS):
            await _visit(stream, ref)
            await _break_off(stream, ref)
        await _soon(lambda: left() <= first, "subscriptions that ended keep tasks")
        await venue.aclose()
        await _soon(lambda: left() == 0, "the venue is closed and its stream keeps tasks")


async def _about_to_end(
    venue: Venue, reader: MarketReader, clock: Clock | None, ending: Ending | None
) -> tuple[MarketRef, Callable[[], Awaitable[None]]]:
    """An open market, and what brings it to its end."""
    if ending is not None:
        ref = (await open_markets(reader, venue))[0].ref
        return ref, partial(ending, ref)
    if not isinstance(clock, ManualClock):
        skip(f"no market of {venue.info.provider} can be made to close here; override `ending` where it can")
    closes = {
        market.ref: market.close_time
        for market in await open_markets(reader, venue)
        if market.close_time is not None
    }
    if not closes:
        skip(f"no open market of {venue.info.provider} says when it closes")
    first = min(closes, key=lambda one: closes[one])
    return first, partial(clock.move_to, closes[first] + timedelta(seconds=1))


def _ends_or_moves(update: Update) -> bool:
    moves = LifecycleKind.CLOSE_TIME_CHANGED
    return isinstance(update, LifecycleUpdate) and (update.kind in OVER or update.kind is moves)


async def _visit(stream: UpdateStream, ref: MarketRef) -> None:
    async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
        await until(updates, a_book_of(ref))


async def _break_off(stream: UpdateStream, ref: MarketRef) -> None:
    """Cancel a consumer while it waits."""
    began = asyncio.Event()

    async def consume() -> None:
        async with stream.subscribe(wanted(Channel.BOOK, of=(ref,))) as updates:
            async for _ in updates:
                began.set()

    consuming, waiting = asyncio.ensure_future(consume()), asyncio.ensure_future(began.wait())
    await asyncio.wait({consuming, waiting}, return_when=asyncio.FIRST_COMPLETED)
    consuming.cancel()
    waiting.cancel()
    await asyncio.wait({consuming, waiting})
    assert consuming.cancelled(), "a consumer that is cancelled while it waits goes on, or fails"


async def _soon(holds: Callable[[], bool], otherwise: str) -> None:
    now = asyncio.get_running_loop().time
    ends = now() + listening.SOON
    while not holds():
        assert now() < ends, otherwise
        await asyncio.sleep(0.01)
