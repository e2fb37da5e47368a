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


def _discard(message: bytes) -> None:
    """Something went wrong before; what still comes is left."""


class Handing(ClientConnection):
    """Hands whole messages to a function, and remembers why it ended."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.failure: asyncio.Future[None] = self.loop.create_future()
        """Ends with ConnectionClosed, or with what the function raised."""
        self.messages = 0
        """How many were handed over."""
        self._take: Callable[[bytes], None] | None = None
        self._arrive: Callable[[], None] = _nothing
        self._early: list[Frame] = []
        self._parts: list[bytes] = []

    def hand_over(self, take: Callable[[bytes], None], arrive: Callable[[], None]) -> None:
        """Give every message to ``take`` from now on, those that came before first.

        ``arrive`` is called once before all the messages of one piece that came from the network.
        """
        self._take, self._arrive = take, arrive
        early, self._early = self._early, []
        arrive()
        for frame in early:
            self.process_event(frame)

    def data_received(self, data: bytes) -> None:
        """Take a piece of what comes from the network."""
        self._arrive()
        super().data_received(data)

    def process_event(self, event: Any) -> None:
        """Take one frame, or the answer to the handshake."""
        if self._take is None:
            self._wait(event)
            return
        opcode = event.opcode
        if event.fin and (opcode is _TEXT or opcode is _BINARY):
            self.messages += 1
            try:
                self._take(bytes(event.data))
            except Exception as error:  # noqa: BLE001 - it is raised again where the end is waited for
                self._fail(error)
        elif opcode in _PARTS:
            self._gather(event)
        else:
            super().process_event(event)

    def _wait(self, event: Any) -> None:
        """Nobody takes anything yet."""
        if self.response is None or event.opcode not in _PARTS:
            super().process_event(event)
        else:
            self._early.append(event)

    def _gather(self, frame: Frame) -> None:
        """Take a part of a message."""
        self._parts.append(bytes(frame.data))
        if frame.fin:
            parts, self._parts = self._parts, []
            self.process_event(Frame(_BINARY, b"".join(parts)))

    def _fail(self, error: Exception) -> None:
        self._take = _discard
        if not self.failure.done():
            self.failure.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end."""
        super().connection_lost(exc)
        if not self.failure.done():
            self.failure.set_exception(self.close_exc)
        if not self.failure.cancelled():
            self.failure.exception()  # whether somebody waits for it or not
