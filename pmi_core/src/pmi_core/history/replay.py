"""A recording as a venue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import NotFound, RequestError
from pmi_core.history.player import Player
from pmi_core.history.playhead import Playhead
from pmi_core.history.reader import Recorded
from pmi_core.history.readings import RecordedBooks, RecordedMarkets, RecordedTrades
from pmi_core.history.standing import Standing
from pmi_core.history.timeline import Timeline
from pmi_core.models import Subscription, Update
from pmi_core.provider import Venue, VenueInfo, WriteClass

__all__ = ["Replay", "open_replay", "replay_venue"]


class RecordedStream:
    """Keeps :class:`pmi_core.capabilities.UpdateStream`; a subscription ends with the recording."""

    def __init__(self, player: Player, venue: str) -> None:
        self._player = player
        self._venue = venue

    def subscribe(self, subscription: Subscription) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        return self._open(subscription)

    @asynccontextmanager
    async def _open(self, wanted: Subscription) -> AsyncIterator[AsyncIterator[Update]]:
        if not self._player.is_open:
            raise RequestError(
                "the venue is closed", hint="open it again", venue=self._venue, capability="stream"
            )
        async with aclosing(self._player.play(wanted)) as updates:
            yield updates


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording that is played, and how far it is."""

    venue: Venue
    playhead: Playhead


async def open_replay(
    folder: Path | str,
    *,
    venue: str | None = None,
    speed: float | None = 1.0,
    longest_pause: float | None = None,
    clock: Clock | None = None,
) -> Replay:
    """Open a recording as :func:`replay_venue` does, for somebody who also shows how far it is.

    Args:
        folder: the recording.
        venue: which one, where several were recorded.
        speed: 2 plays twice as fast as it was; None as fast as the updates are read.
        longest_pause: seconds of the recording that are played of a pause in which nothing was recorded;
            the rest is jumped over.  None keeps every pause as long as it was, and reads nothing ahead,
            so that the playhead does not know the end.
        clock: gives the passing of time.

    Raises:
        NotFound: the recording is empty, or holds no such venue.
        RequestError: it holds several venues and none was named, or is no recording.
        PluginError: the extra ``history`` is not installed.
    """
    recorded = await asyncio.to_thread(Recorded, Path(folder))
    name = _chosen(await asyncio.to_thread(lambda: recorded.venues), venue, folder)
    timeline = await asyncio.to_thread(_timeline, recorded, name, longest_pause)
    player = Player(recorded, name, Playhead(timeline, speed=speed, clock=clock or SystemClock()))
    return Replay(_venue(player, name), player.playhead)


def _timeline(recorded: Recorded, venue: str, longest: float | None) -> Timeline:
    row = next(recorded.rows(venue), None)
    if row is None:
        raise NotFound(f"no row of {venue!r} was recorded", hint="record something first")
    first = row.said.received_time
    if longest is None:
        return Timeline(first)
    return Timeline(first, recorded.moments(venue), timedelta(seconds=longest))


async def replay_venue(
    folder: Path | str,
    *,
    venue: str | None = None,
    speed: float | None = 1.0,
    clock: Clock | None = None,
) -> Venue:
    """Open a recording as a venue with markets, books, trades and a stream, for as much as was recorded.

    Refs are those that were recorded.  The stream plays from the first subscription on; who subscribes
    later gets what stands by then, and readings speak of the same moment.  A book is given as a
    snapshot of that moment.  Nothing can be ordered.

    Args:
        folder: the recording.
        venue: which one, where several were recorded.
        speed: 2 plays twice as fast as it was; None as fast as the updates are read.
        clock: gives the passing of time.

    Raises:
        NotFound: the recording is empty, or holds no such venue.
        RequestError: it holds several venues and none was named, or is no recording.
        PluginError: the extra ``history`` is not installed.
    """
    return (await open_replay(folder, venue=venue, speed=speed, clock=clock)).venue


def _venue(player: Player, name: str) -> Venue:
    standing = Standing(player, name)
    markets = RecordedMarkets(standing, name)

    async def close() -> None:
        player.is_open = False
        await standing.aclose()

    return Venue(
        info=VenueInfo(
            name=name,
            provider="recording",
            title=f"Recording of {name}",
            environment="recording",
            write_class=WriteClass.SIMULATED,
            notes=("What is shown was recorded; nothing can be ordered.",),
        ),
        resolver=markets.resolve,
        closer=close,
        markets=markets,
        books=RecordedBooks(standing),
        trades=RecordedTrades(standing),
        stream=RecordedStream(player, name),
    )


def _chosen(venues: tuple[str, ...], wanted: str | None, folder: Path | str) -> str:
    if wanted is None and len(venues) == 1:
        return venues[0]
    if not venues:
        raise NotFound(f"nothing was recorded in {folder}", hint="record something first")
    if wanted is None:
        raise RequestError(f"{folder} holds {len(venues)} venues", hint=f"choose one of {', '.join(venues)}")
    if wanted not in venues:
        raise NotFound(f"{folder} holds nothing of {wanted!r}", hint=f"it holds {', '.join(venues)}")
    return wanted
