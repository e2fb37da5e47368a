"""A TCP connection to a host that may have several addresses, of which some may be dead ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any, Final

__all__ = ["dial"]

_HEAD_START: Final = 0.25
"""Seconds that one address gets before the next is tried beside it (RFC 8305, "Happy Eyeballs")."""

_Place = tuple[int, int, int, str, Any]


async def dial(host: str, port: int) -> socket.socket:
    """Connect to the first address that answers; nothing of the other attempts stays open.

    Raises:
        OSError: no address answers; behind it stands what each of them said.
    """
    loop = asyncio.get_running_loop()
    places = _alternating(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    attempts: list[asyncio.Task[socket.socket]] = []
    won: socket.socket | None = None
    try:
        for place in places:
            attempts.append(loop.create_task(_connected(place)))
            won = await _first(attempts, _HEAD_START if len(attempts) < len(places) else None)
            if won is not None:
                return won
    finally:
        _discard(attempts, but=won)
    failures = [error for attempt in attempts if isinstance(error := attempt.exception(), Exception)]
    if len(failures) == 1:
        raise failures[0]
    raise OSError("no address answers") from ExceptionGroup("attempts", failures)


def _alternating(places: Sequence[_Place]) -> list[_Place]:
    """The addresses in their order, but the two families by turns."""
    family = places[0][0]
    first = [place for place in places if place[0] == family]
    other = [place for place in places if place[0] != family]
    return [place for place in chain.from_iterable(zip_longest(first, other)) if place is not None]


async def _connected(place: _Place) -> socket.socket:
    family, kind, protocol, _, where = place
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, where)
    except BaseException:
        made.close()
        raise
    return made


async def _first(attempts: list[asyncio.Task[socket.socket]], patience: float | None) -> socket.socket | None:
    """The first connection that stands; None when all have failed or patience is over."""
    while waiting := [attempt for attempt in attempts if not attempt.done()]:
        done, _ = await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        for attempt in done:
            if attempt.exception() is None:
                return attempt.result()
        if not done or patience is not None:
            return None
    return None


def _discard(attempts: list[asyncio.Task[socket.socket]], *, but: socket.socket | None) -> None:
    """End the other attempts; without waiting, so that no cancellation comes in between."""
    for attempt in attempts:
        attempt.cancel()
        attempt.add_done_callback(lambda done: _closed(done, but))


def _closed(attempt: asyncio.Task[socket.socket], but: socket.socket | None) -> None:
    if not attempt.cancelled() and attempt.exception() is None and attempt.result() is not but:
        attempt.result().close()
