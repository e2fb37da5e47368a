"""Messages are handed over whole, in order, where they arrive: what the network library must go on doing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from stage.runs import QUICK, SOON
from websockets.asyncio.server import serve

from pmi_core.errors import UnexpectedAnswer, VenueError
from pmi_core.models import Channel, ConnectionState
from pmi_core.transport.socket import SocketClient, Topic

pytestmark = pytest.mark.anyio


class Plain:
    """A dialect that only listens."""

    def __init__(self, ears, heard):
        self.ears = ears
        self.heard = heard
        self.stamps = []

    def opening(self):
        return ["hello", b"\x00\x01"]

    def subscribe(self, topics):
        self.ears.answered(topics)
        return ["go"]

    def unsubscribe(self, topics):
        return []

    def resync(self, topics):
        return []

    def probe(self, topics):
        return []

    def heartbeat(self):
        return None

    def closed(self, code, reason):
        return VenueError("the venue has a word of its own for this") if code == 4000 else None

    def read(self, frame):
        assert type(frame) is bytes
        assert self.ears.received is not None
        self.heard.append(frame)
        if frame == b"nonsense":
            raise KeyError("what a dialect did not think of")


@asynccontextmanager
async def listening(talk):
    """A venue that talks as told, and a client that hears it: messages and reports."""
    heard, reports = [], []
    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        client = SocketClient(
            f"ws://127.0.0.1:{port}",
            venue="here",
            dialect=lambda ears: Plain(ears, heard),
            hear=reports.append,
            pulse=QUICK,
            backoff=SOON,
        )
        client.want([Topic(Channel.TRADE)])
        try:
            yield heard, reports
        finally:
            await client.aclose()


async def settled(found):
    async with asyncio.timeout(20):
        while not found():
            await asyncio.sleep(0.005)


async def test_messages_come_whole_and_in_order():
    got = []

    async def talk(connection):
        await connection.send("at once")  # before the client has said anything
        got.extend([await connection.recv() for _ in range(3)])
        await connection.send(["in ", "three ", "parts"])
        await connection.send(b"binary")
        await connection.send("")
        await connection.wait_closed()

    async with listening(talk) as (heard, _):
        await settled(lambda: len(heard) >= 4)
        assert heard[:4] == [b"at once", b"in three parts", b"binary", b""]
    assert got[:3] == ["hello", b"\x00\x01", "go"]


async def test_what_was_sent_before_a_goodbye_is_heard():
    async def talk(connection):
        for _ in range(3):
            await connection.recv()
        for number in range(100):
            await connection.send(str(number))
        await connection.close(4000, "enough")

    async with listening(talk) as (heard, reports):
        await settled(lambda: len(heard) >= 100 and any(r.state is ConnectionState.GAP for r in reports))
        assert heard[:100] == [str(number).encode() for number in range(100)]
        (gap, *_) = [one for one in reports if one.state is ConnectionState.GAP]
        assert gap.reason == "the venue has a word of its own for this"


async def test_a_message_that_a_dialect_cannot_read_opens_the_connection_anew():
    talks = []

    async def talk(connection):
        talks.append(connection)
        await connection.send("nonsense" if len(talks) == 1 else "fine")
        await connection.send("after")
        await connection.wait_closed()

    async with listening(talk) as (heard, reports):
        await settled(lambda: b"fine" in heard)
        assert heard[:2] == [b"nonsense", b"fine"]  # nothing is read after what could not be read
        said = [one.reason for one in reports if one.reason]
        assert said[0] == UnexpectedAnswer("a message could not be read (KeyError)").message


async def test_silence_without_a_question_opens_the_connection_anew():
    talks = []

    async def talk(connection):
        talks.append(connection)
        await connection.wait_closed()

    async with listening(talk) as (_, reports):
        await settled(lambda: len(talks) >= 2)
        states = [one.state for one in reports]
        assert states.index(ConnectionState.STALE) < states.index(ConnectionState.GAP)
