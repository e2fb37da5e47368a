"""Frames arrive in pieces that the network chose; what is handed over is the same."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from contextlib import asynccontextmanager
from random import Random

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from pmi_core.transport.socket.handing import Handing

pytestmark = pytest.mark.anyio

SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BIG = 300_000


class Smaller(Handing):
    max_bytes = BIG


def frame(body, first=0x81, mask=0):
    """One frame as a server writes it."""
    size = len(body)
    if size < 126:
        return bytes([first, size | mask]) + body
    if size < 65_536:
        return bytes([first, 126 | mask]) + size.to_bytes(2) + body
    return bytes([first, 127 | mask]) + size.to_bytes(8) + body


@asynccontextmanager
async def hearing(pieces, ends=False):
    """A venue that writes these pieces, the answer to the handshake being the head of the first."""

    async def talk(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head).group(1)
        accept = base64.b64encode(hashlib.sha1(key + SALT, usedforsecurity=False).digest())
        first, *rest = pieces(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        for piece in (first, *rest):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if ends:
            writer.close()
        said.append(await reader.read(100))
        writer.close()

    said, heard = [], []
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    options = {"compression": None, "proxy": None, "ping_interval": None, "close_timeout": 5}
    try:
        async with connect(
            f"ws://127.0.0.1:{port}", create_connection=Smaller, max_size=BIG, max_queue=None, **options
        ) as connection:
            connection.hand_over(heard.append, lambda: None)
            yield connection, heard, said
    finally:
        server.close()
        await server.wait_closed()


MESSAGES = [
    (frame(b"short"), b"short"),
    (frame(b""), b""),
    (frame(b"\x00\xff", 0x82), b"\x00\xff"),
    (frame(b"m" * 126), b"m" * 126),
    (frame(b"n" * 65_535), b"n" * 65_535),
    (frame(b"o" * 65_536, 0x82), b"o" * 65_536),
    (frame(b"one, ", 0x01) + frame(b"ping", 0x89) + frame(b"two", 0x80), b"one, two"),
    (frame(b"", 0x01) + frame(b"", 0x00) + frame(b"late", 0x80), b"late"),
    (frame(b"pong", 0x8A) + frame(b"after a pong"), b"after a pong"),
    (frame(b"p" * BIG), b"p" * BIG),
]


@pytest.mark.parametrize("seed", range(12))
async def test_messages_are_the_same_however_they_are_cut(seed):
    lots = Random(seed)
    chosen = [lots.choice(MESSAGES) for _ in range(20)]

    def pieces(head):
        text = head + b"".join(sent for sent, _ in chosen)
        cuts = sorted({lots.randrange(len(text)) for _ in range(60)} | set(range(min(seed * 40, 200))))
        return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    async with hearing(pieces) as (connection, heard, _):
        async with asyncio.timeout(30):
            while len(heard) < len(chosen):
                await asyncio.sleep(0.001)
        assert heard == [meant for _, meant in chosen]
        assert connection.messages == len(chosen)
        assert all(type(message) is bytes for message in heard)


@pytest.mark.parametrize(
    "wrong, code",
    [
        (frame(b"reserved", 0xC1), 1002),
        (frame(b"no such kind", 0x83), 1002),
        (frame(b"masked", 0x81, mask=0x80), 1002),
        (frame(b"a part of nothing", 0x80), 1002),
        (frame(b"begun ", 0x01) + frame(b"and not gone on with"), 1002),
        (frame(b"c" * 126, 0x89), 1002),
        (frame(b"x" * (BIG + 1)), 1009),
        (frame(b"x" * BIG, 0x01) + frame(b"x", 0x80), 1009),
        (frame(b"\x03\xe8", 0x88), 1000),
    ],
    ids=[
        "reserved",
        "kind",
        "masked",
        "no part",
        "two at once",
        "control",
        "large",
        "large in parts",
        "goodbye",
    ],
)
async def test_what_a_venue_must_not_send_ends_the_connection(wrong, code):
    def pieces(head):
        return [head + frame(b"fine") + wrong + frame(b"not heard")]

    async with hearing(pieces) as (connection, heard, said):
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(30):
                await asyncio.shield(connection.failure)
        assert heard == [b"fine"]
        assert connection.protocol.close_sent.code == code
    assert said[0][:1] == b"\x88"


@pytest.mark.parametrize("cut", [b"\x81", b"\x81\x7e\x01", frame(b"whole")[:-1]])
async def test_a_frame_that_breaks_off_is_not_heard(cut):
    async with hearing(lambda head: [head, frame(b"fine") + cut], ends=True) as (connection, heard, _):
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(30):
                await asyncio.shield(connection.failure)
        assert heard == [b"fine"]
        assert connection.close_code == 1006
