"""A connection of the network library that hands its messages over at once.

The library reads every frame through generators and puts it into a queue, from which a coroutine takes
it; a good part of the time of a small message goes there.  So what comes is cut into frames here.  A
whole message in one plain frame, as nearly all are, goes straight to whoever listens; every other frame
goes to the library, one at a time, and what the library would refuse it gets to refuse.  What is
overridden, ``data_received``, ``eof_received``, ``process_event`` and ``connection_lost``, is where the library
itself takes pieces, frames and the end; a test holds it to that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar, Final

from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN

__all__ = ["Handing"]

_TEXT, _BINARY = Opcode.TEXT, Opcode.BINARY
_PARTS: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})
_WHOLE: Final = frozenset({0x81, 0x82})
"""First bytes of messages in one frame, text and binary."""
_PLAIN: Final = frozenset({0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A})
"""First bytes of frames of the bare protocol; with any other the library ends the connection."""
_SHORT: Final = 126
_LONG: Final = 127
"""Lengths that say that the length follows, in two bytes and in eight; a smaller one is the length itself."""
_MOST_OF_HEAD: Final = 64 * 1024
_HEAD_ENDS: Final = b"\r\n\r\n"


def _nothing() -> None:
    """Nobody listens yet."""


def _discard(message: bytes) -> None:
    """Something went wrong before; what still comes is left."""


class Handing(ClientConnection):
    """Hands whole messages to a function, and remembers why it ended."""

    max_bytes: ClassVar[int] = 16 * 1024 * 1024
    """Of one message; the library is told the same."""

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
        self._held = bytearray()
        """What came of the answer to the handshake, or of a frame that is not whole yet."""
        self._needed = 0
        """Bytes that must be held before it is worth looking at them."""
        self._answered = False
        self._leave = False
        """Whether everything goes to the library, because the connection ends."""

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
        if self._leave:
            super().data_received(data)
            return
        held = self._held
        if held:
            held += data
            if len(held) < self._needed:
                return
            data = bytes(held)
            held.clear()
        at = self._cut(data) if self._answered else self._answer(data)
        if at < len(data):
            held += data[at:]

    def eof_received(self) -> None:
        """Take the end of what comes from the network."""
        if self._held:
            self._let_go(bytes(self._held), 0)
            self._held.clear()
        super().eof_received()

    def _answer(self, data: bytes) -> int:
        """Let the library read the answer to the handshake, and nothing of what follows it."""
        end = data.find(_HEAD_ENDS) + len(_HEAD_ENDS)
        if end < len(_HEAD_ENDS):
            return self._let_go(data, 0) if len(data) > _MOST_OF_HEAD else 0
        super().data_received(data[:end])
        if self.protocol.state is not OPEN:
            return self._let_go(data, end)
        self._answered = True
        return self._cut(data, end)

    def _let_go(self, data: bytes, at: int) -> int:
        """Leave all that comes from here on to the library."""
        self._leave = True
        if at < len(data):
            super().data_received(data[at:])
        return len(data)

    def _cut(self, data: bytes, at: int = 0) -> int:
        """Take the whole frames of a piece; gives where the rest begins."""
        size = len(data)
        while size - at >= 2:
            first, length = data[at], data[at + 1]
            if length > _LONG or first not in _PLAIN:
                return self._let_go(data, at)
            body = at + 2
            if length >= _SHORT:
                body += 2 if length == _SHORT else 8
                if body > size:
                    self._needed = body - at
                    return at
                length = int.from_bytes(data[at + 2 : body])
                if length > self.max_bytes:
                    return self._let_go(data, at)
            end = body + length
            if end > size:
                self._needed = end - at
                return at
            if first in _WHOLE and self._take is not None and not self._parts:
                self._hand(data[body:end])
            else:
                super().data_received(data[at:end])
                if self.protocol.state is not OPEN:
                    return self._let_go(data, end)
            at = end
        self._needed = 2
        return at

    def _hand(self, message: bytes) -> None:
        self.messages += 1
        try:
            self._take(message)  # type: ignore[misc]  # somebody listens
        except Exception as error:  # noqa: BLE001 - it is raised again where the end is waited for
            self._fail(error)

    def process_event(self, event: Any) -> None:
        """Take one frame, or the answer to the handshake."""
        if self._take is None:
            self._wait(event)
            return
        opcode = event.opcode
        if event.fin and (opcode is _TEXT or opcode is _BINARY):
            self._hand(bytes(event.data))
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
            self._hand(b"".join(parts))

    def _fail(self, error: Exception) -> None:
        self._take = _discard
        if not self.failure.done():
            self.failure.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end."""
        super().connection_lost(exc)
        if not self.failure.done():
            self.failure.set_exception(self.protocol.close_exc)
        if not self.failure.cancelled():
            self.failure.exception()  # whether somebody waits for it or not
