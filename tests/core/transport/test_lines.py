"""The connections that are held: which are used again, which never, and how many there are."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import zlib

import pytest

from pmi_core.errors import UncertainError, UnexpectedAnswer, Unreachable
from pmi_core.transport import lines
from pmi_core.transport.http import Timeouts
from pmi_core.transport.limits import Limit, Limits
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}


def spoken(*pieces, close=False):
    """Say these pieces one by one, then perhaps hang up."""

    async def behave(asked, writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        if close:
            writer.close()

    return behave


@pytest.mark.parametrize(
    "behaviour",
    [
        spoken(b"HTTP/1.0 200 OK\r\n\r\n", b"[1,", b"2]", close=True),
        spoken(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n[1,2]"),
        spoken(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n[1,2]"),
        spoken(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1,2]", close=True),
    ],
    ids=["1.0 to the end", "1.0 with length", "close with length", "close to the end"],
)
async def test_a_venue_that_ends_each_connection_gets_a_new_one(serve, connect, behaviour):
    async with serve(behaviour) as venue:
        client = connect(venue.url, retry=NEVER)
        for _ in range(3):
            assert await client.get("/a", capability="markets") == b"[1,2]"
        async with asyncio.timeout(10):
            while venue.open:
                await asyncio.sleep(0.01)
    assert venue.connections == 3


@pytest.mark.parametrize(
    "behaviour",
    [
        spoken(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n", b"2\r\n2]\r\n0\r\n\r\n"),
        spoken(b"HTTP/1.1 2", b"00 OK\r\nContent-", b"Length: 5\r\n\r\n[1", b",2]"),
        spoken(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,2]"),
    ],
    ids=["chunked", "in splinters", "after hints"],
)
async def test_an_answer_in_any_shape_is_read_and_its_connection_kept(serve, connect, behaviour):
    async with serve(behaviour) as venue:
        client = connect(venue.url)
        for _ in range(3):
            assert await client.get("/a", capability="markets") == b"[1,2]"
    assert venue.connections == 1


@pytest.mark.parametrize("surplus", [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[9]", b"\r\nx"])
async def test_what_nobody_asked_for_is_never_taken_for_the_next_answer(serve, connect, reply, surplus):
    async with serve(
        reply(body=b"[1]") + surplus, spoken(reply(body=b"[2]"), surplus), reply(body=b"[3]")
    ) as venue:
        client = connect(venue.url)
        for number in (1, 2, 3):
            assert await client.get("/a", capability="markets") == b"[%d]" % number
            await asyncio.sleep(0.1)
    assert venue.connections == 3


async def test_the_connection_used_last_is_the_next_one(serve, connect, reply):
    used = []

    async def noting(asked, writer):
        used.append(writer.get_extra_info("peername"))
        writer.write(reply())

    async with serve(noting) as venue:
        client = connect(venue.url)
        await asyncio.gather(*(client.get(f"/{number}", capability="markets") for number in range(5)))
        assert len(set(used)) == venue.connections == 5
        for number in range(20):
            await client.get(f"/{number}", capability="markets")
    assert len(set(used[5:])) == 1
    assert venue.connections == 5


class Abrupt:
    """A venue in a thread, so that it hangs up while the loop looks away."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.closed = threading.Event()
        self.asked = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        for _ in range(2):
            talk, _ = self.server.accept()
            self.asked.append(talk.recv(65536).split(b"\r\n")[0])
            talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            talk.close()
            self.closed.set()
        self.server.close()


async def test_a_write_never_leaves_on_a_connection_that_the_venue_has_just_closed(connect):
    venue = Abrupt()
    client = connect(venue.url)
    await client.get("/a", capability="markets")
    venue.closed.wait(10)  # without the loop, which therefore has not heard of it
    answer = await client.send("POST", "/orders", **ORDER)
    assert answer.body == b"{}"
    assert venue.asked == [b"GET /a HTTP/1.1", b"POST /orders HTTP/1.1"]
    venue.thread.join(10)


async def test_unused_connections_are_closed_after_a_while(serve, connect, reply, monkeypatch):
    monkeypatch.setattr(lines, "_IDLE", 0.1)
    async with serve(reply()) as venue:
        client = connect(venue.url)
        await asyncio.gather(*(client.get("/a", capability="markets") for _ in range(3)))
        async with asyncio.timeout(10):
            while venue.open:
                await asyncio.sleep(0.01)
        await client.get("/a", capability="markets")
        assert venue.connections == 4


async def test_there_are_never_more_connections_than_allowed_and_waiting_for_one_does_nothing(
    serve, connect, reply
):
    released = asyncio.Event()

    async def late(asked, writer):
        await released.wait()
        writer.write(reply())

    async with serve(late) as venue:
        client = connect(venue.url, timeouts=Timeouts(pool=0.2))
        first = [asyncio.create_task(client.send("POST", "/orders", **ORDER)) for _ in range(100)]
        while len(venue.asked) < 100:
            await asyncio.sleep(0.01)
        with pytest.raises(Unreachable, match="all connections to .* stayed busy"):
            await client.send("POST", "/orders", **ORDER)
        assert (venue.connections, len(venue.asked)) == (100, 100)
        released.set()
        assert {answer.status for answer in await asyncio.gather(*first)} == {200}
        await client.send("POST", "/orders", **ORDER)
    assert venue.connections == 100


async def test_a_request_that_the_venue_does_not_take_in_time_leaves_doubt(connect):
    over = asyncio.Event()

    async def deaf(reader, writer):
        writer.transport.pause_reading()
        await over.wait()
        writer.transport.abort()

    server = await asyncio.start_server(deaf, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = connect(url, timeouts=Timeouts(write=0.3))
    with pytest.raises(UncertainError, match="did not take the whole request in time"):
        await client.send("POST", "/orders", **{**ORDER, "body": b" " * 30_000_000})
    over.set()
    await client.aclose()
    server.close()


async def test_a_large_request_arrives_whole_and_its_connection_is_kept(serve, connect, reply):
    body = bytes(range(256)) * 40_000
    async with serve(reply()) as venue:
        client = connect(venue.url, timeouts=Timeouts())
        for _ in range(2):
            await client.send("POST", "/orders", **{**ORDER, "body": body})
    assert [asked.body == body for asked in venue.asked] == [True, True]
    assert venue.connections == 1


async def test_a_head_that_cannot_be_sent_certainly_did_nothing(serve, connect, reply):
    class Odd:
        blocking = False

        def sign(self, request):
            return {"X-Proof": self.proof}

    signer = Odd()
    async with serve(reply()) as venue:
        client = connect(venue.url, signer=signer, retry=NEVER)
        for signer.proof in ("secret-4711\r\nX: 1", "secret-4711 \N{SNOWMAN}"):
            with pytest.raises(Unreachable, match="failed") as error:
                await client.send("POST", "/orders", **{**ORDER, "signed": True})
            assert "4711" not in str(error.value) + repr(error.value.__cause__)
    assert venue.asked == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_write_without_a_body_tells_its_length_where_one_is_expected(serve, connect, reply, method):
    async with serve(reply()) as venue:
        await connect(venue.url).send(method, "/orders", capability="orders", signed=False)
    assert venue.asked[0].headers.get("content-length") == ("0" if method == "POST" else None)
    assert venue.asked[0].headers["host"] == venue.url.removeprefix("http://")


async def test_packed_answers_are_unpacked_whatever_their_frame(serve, connect, reply):
    text = b"[" + b"1," * 50_000 + b"1]"
    packed = gzip.compress(text)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (packed[:7], packed[7:]))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    deflated = reply(body=zlib.compress(text), headers=[("content-encoding", "deflate")])
    async with serve(head + chunks + b"0\r\n\r\n", deflated) as venue:
        client = connect(venue.url)
        for _ in range(2):
            assert await client.get("/a", capability="markets") == text


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.9\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000]
)
async def test_what_is_no_http_is_told_and_not_quoted(serve, connect, answer):
    async with serve(answer) as venue:
        with pytest.raises(Unreachable, match="dropped the connection") as error:
            await connect(venue.url, retry=NEVER).get("/a", capability="markets")
    assert "OpenSSH" not in repr(error.value.__cause__)


async def test_repeated_headers_are_joined_and_found_in_any_letter_case(serve, connect, reply):
    async with serve(
        reply(
            headers=[
                ("X-Note", "a"),
                ("x-note", "b"),
                ("X-Name", "Zo"),
            ]
        )
    ) as venue:
        answer = await connect(venue.url).send("POST", "/orders", **ORDER)
    assert (answer.headers["X-NOTE"], answer.headers.get("x-note")) == ("a, b", "a, b")
    assert answer.headers.get("X-None", "-") == "-"
    assert "X-Name" in answer.headers
    assert "Zo" not in repr(answer.headers)
    with pytest.raises(KeyError):
        answer.headers["X-None"]


async def test_limits_of_size_hold_for_what_is_unpacked(serve, connect, reply):
    bomb = gzip.compress(b"[" + b" " * 50_000_000)
    limits = Limits(Limit("read", 9, 9))
    async with serve(reply(body=bomb, headers=[("Content-Encoding", "gzip")])) as venue:
        with pytest.raises(UnexpectedAnswer, match="too large"):
            await connect(venue.url, limits=limits, max_bytes=200_000).get("/a", capability="markets")
