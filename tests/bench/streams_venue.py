"""A venue that sends what was made beforehand as quickly as a client takes it; prints its port.

Run by streams.py: ``python streams_venue.py MARKETS COUNT``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import struct
import sys
import time

from streams_data import numbered

_KEY = re.compile(rb"(?i)sec-websocket-key: *(\S+)")
_PIECE = 64 * 1024
_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def framed(text: bytes) -> bytes:
    """One unmasked text frame."""
    size = len(text)
    if size < 126:
        return bytes([0x81, size]) + text
    return (
        b"\x81\x7e" + struct.pack("!H", size) + text
        if size < 65_536
        else b"\x81\x7f" + struct.pack("!Q", size) + text
    )


class Talk(asyncio.Protocol):
    """One connection: shakes hands, waits for a command, then sends all, or at the rate that the path says."""

    def __init__(self, frames: list[bytes]) -> None:
        self.frames = frames
        self.held = b""
        self.path = b""
        self.open = False
        self.begun = False
        self.room = asyncio.Event()
        self.room.set()
        self.sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.sending is not None:
            self.sending.cancel()

    def pause_writing(self) -> None:
        self.room.clear()

    def resume_writing(self) -> None:
        self.room.set()

    def data_received(self, data: bytes) -> None:
        self.held += data
        if not self.open:
            if b"\r\n\r\n" not in self.held:
                return
            found = _KEY.search(self.held)
            assert found is not None
            self.path = self.held.split(b" ", 2)[1]
            accept = base64.b64encode(hashlib.sha1(found.group(1) + _SALT, usedforsecurity=False).digest())
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            self.held, self.open = b"", True
        elif not self.begun:  # the first frame of the client is the only one that is looked at
            self.begun = True
            self.sending = asyncio.ensure_future(self.send())

    async def send(self) -> None:
        subscribed = {"id": 1, "type": "subscribed", "msg": {"channel": "orderbook_delta", "sid": 1}}
        self.transport.write(framed(json.dumps(subscribed).encode()))
        await asyncio.sleep(0.05)
        if b"rate=" in self.path:
            await self.pace(float(self.path.rpartition(b"=")[2]))
            return
        stream = b"".join(self.frames)
        for at in range(0, len(stream), _PIECE):
            await self.room.wait()
            self.transport.write(stream[at : at + _PIECE])
            await asyncio.sleep(0)

    async def pace(self, rate: float) -> None:
        begun = time.perf_counter()
        for number, frame in enumerate(self.frames):
            ahead = number / rate - (time.perf_counter() - begun)
            if ahead > 0:
                await asyncio.sleep(ahead)
            self.transport.write(frame)


async def main() -> None:
    """Serve until killed."""
    _, raw = numbered(int(sys.argv[1]), int(sys.argv[2]))
    frames = [framed(text) for text in raw]
    server = await asyncio.get_running_loop().create_server(lambda: Talk(frames), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
