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

_TEXT, _BINARY = Opcode.TEXT, Opcode.BINARY
_PARTS = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


def _nothing() -> None:
    """Nobody listens yet."""


class Handing(ClientConnection):
    """Hands whole messages to a function, and remembers why it ended."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.failure: asyncio.Future[None] = self.loop.create_future()
        """Ends with ConnectionClosed, or with what the function raised."""
        self._take: Callable[[bytes], None] | None = None
        self._arrive: Callable[[], None] = _nothing
        self._early: list[bytes] = []
        self._parts: list[bytes] = []

    def hand_over(self, take: Callable[[bytes], None], arrive: Callable[[], None]) -> None:
        """Give every message to ``take`` from now on, those that came before first.

        ``arrive`` is called once before all the messages of one piece that came from the network.
        """
        self._take, self._arrive = take, arrive
        early, self._early = self._early, []
        arrive()
        for message in early:
            self._give(message)

    def data_received(self, data: bytes) -> None:
        """Take a piece of what comes from the network."""
        self._arrive()
        super().data_received(data)

    def process_event(self, event: Any) -> None:
        """Take one frame, or the answer to the handshake."""
        if self.response is None or not isinstance(event, Frame):
            super().process_event(event)
            return
        opcode = event.opcode
        if event.fin and (opcode is _TEXT or opcode is _BINARY):
            self._give(bytes(event.data))
        elif opcode in _PARTS:
            self._parts.append(bytes(event.data))
            if event.fin:
                parts, self._parts = self._parts, []
                self._give(b"".join(parts))
        else:
            super().process_event(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end."""
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
