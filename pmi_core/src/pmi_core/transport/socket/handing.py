"""A connection of the network library that hands its messages over at once.

The library's own way puts every frame into a queue, from which a coroutine takes it; a third of the
time of a small message goes there.  What is overridden, ``process_event`` and ``connection_lost``, is
where the library itself takes frames and the end; a test holds it to that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode

__all__ = ["Handing"]

_PARTS = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


class Handing(ClientConnection):
    """Hands whole messages to a function, and remembers why it ended."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.failure: asyncio.Future[None] = self.loop.create_future()
        """Ends with ConnectionClosed, or with what the function raised."""
        self._take: Callable[[bytes], None] | None = None
        self._early: list[bytes] = []
        self._parts: list[bytes] = []

    def hand_over(self, take: Callable[[bytes], None]) -> None:
        """Give every message to ``take`` from now on, those that came before first."""
        self._take = take
        early, self._early = self._early, []
        for message in early:
            self._give(message)

    def process_event(self, event: Any) -> None:
        """Take one frame, or the answer to the handshake."""
        if self.response is None or not isinstance(event, Frame) or event.opcode not in _PARTS:
            super().process_event(event)
            return
        data = event.data if isinstance(event.data, bytes) else bytes(event.data)
        if event.fin and not self._parts:
            self._give(data)
            return
        self._parts.append(data)
        if event.fin:
            parts, self._parts = self._parts, []
            self._give(b"".join(parts))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.failure.done():
            self.failure.set_exception(self.close_exc)
            self.failure.exception()  # whether somebody waits for it or not

    def _give(self, message: bytes) -> None:
        if self._take is None:
            self._early.append(message)
        elif not self.failure.done():
            try:
                self._take(message)
            except Exception as error:  # noqa: BLE001 - it is raised again where the end is waited for
                self.failure.set_exception(error)
