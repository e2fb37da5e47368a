"""A call that is cancelled, whatever it waits for, leaves no connection and no descriptor behind."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from pmi_core.errors import UncertainError, Unreachable
from pmi_core.transport.http import Timeouts
from pmi_core.transport.retry import NEVER

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system does not list open descriptors"),
]
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}
PATIENT = Timeouts(connect=60, read=60, write=60, pool=60, total=60)


def descriptors():
    return len(list(Path("/dev/fd").iterdir()))


async def settled(count):
    """Wait until no more descriptors are open than before."""
    async with asyncio.timeout(10):
        while descriptors() > count:
            gc.collect()
            await asyncio.sleep(0.01)


async def stuck(call, there):
    """Start a call and cancel it when it waits there."""
    task = asyncio.create_task(call)
    await reached(there)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def reached(there):
    async with asyncio.timeout(30):
        while not there():
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


async def silent(asked, writer):
    pass


async def half_a_head(asked, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")


async def half_a_body(asked, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,")


@pytest.mark.parametrize("behaviour", [silent, half_a_head, half_a_body])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_while_the_answer_is_awaited(serve, connect, reply, behaviour, method):
    before = descriptors()
    async with serve(behaviour, reply()) as venue:
        client = connect(venue.url, timeouts=PATIENT)
        ask = (
            client.get("/a", capability="markets") if method == "GET" else client.send("POST", "/o", **ORDER)
        )
        await stuck(ask, lambda: venue.asked)
        assert len(venue.asked) == 1
        async with asyncio.timeout(10):
            while venue.open:
                await asyncio.sleep(0.01)
        await client.get("/b", capability="markets")
        assert venue.connections == 2
        await client.aclose()
    await settled(before)


async def test_while_the_name_is_resolved(connect, monkeypatch):
    asked = []

    async def slow(self, host, *args, **kwargs):
        asked.append(host)
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", slow)
    client = connect("http://venue.invalid", timeouts=PATIENT)
    before = descriptors()
    await stuck(client.send("POST", "/orders", **ORDER), lambda: asked)
    await settled(before)
    assert asked == ["venue.invalid"]


async def test_while_the_host_is_dialled(connect, monkeypatch):
    dialled = []

    async def slow(self, sock, address):
        dialled.append(sock)
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", slow)
    client = connect("http://127.0.0.1:9", timeouts=PATIENT)
    before = descriptors()
    await stuck(client.send("POST", "/orders", **ORDER), lambda: dialled)
    await settled(before)
    assert [sock.fileno() for sock in dialled] == [-1]


async def test_while_encryption_is_agreed(connect):
    talks = []

    async def mute(reader, writer):
        talks.append(writer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with server:
        client = connect(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeouts=PATIENT)
        before = descriptors()
        await stuck(client.send("POST", "/orders", **ORDER), lambda: talks)
        await settled(before)
    assert len(talks) == 1


async def test_while_a_connection_is_awaited_the_place_is_given_back(serve, connect, reply):
    released = asyncio.Event()

    async def late(asked, writer):
        await released.wait()
        writer.write(reply())

    async with serve(late) as venue:
        client = connect(venue.url, timeouts=PATIENT)
        first = [asyncio.create_task(client.send("POST", "/orders", **ORDER)) for _ in range(100)]
        await reached(lambda: len(venue.asked) == 100)
        await stuck(client.send("POST", "/orders", **ORDER), lambda: True)
        assert len(venue.asked) == 100
        released.set()
        await asyncio.gather(*first)
        await asyncio.gather(*(client.send("POST", "/orders", **ORDER) for _ in range(100)))
        assert (venue.connections, len(venue.asked)) == (100, 200)


async def test_a_client_that_is_closed_under_way_ends_its_calls_and_gives_everything_back(serve, connect):
    async with serve(silent) as venue:
        before = descriptors()
        client = connect(venue.url, timeouts=PATIENT, retry=NEVER)
        read = asyncio.create_task(client.get("/a", capability="markets"))
        write = asyncio.create_task(client.send("POST", "/orders", **ORDER))
        await reached(lambda: len(venue.asked) == 2)
        await client.aclose()
        ends = await asyncio.gather(read, write, return_exceptions=True)
        assert [type(end) for end in ends] == [Unreachable, UncertainError]
    await settled(before)


async def test_an_answer_that_ends_with_the_connection_is_not_taken_for_whole_when_this_side_closes(
    serve, connect
):
    async def unending(asked, writer):
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n[1,")

    async with serve(unending) as venue:
        client = connect(venue.url, timeouts=PATIENT, retry=NEVER)
        read = asyncio.create_task(client.get("/a", capability="markets"))
        await reached(lambda: venue.asked)
        await client.aclose()
        with pytest.raises(Unreachable):
            await read
