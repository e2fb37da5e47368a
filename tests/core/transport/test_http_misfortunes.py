from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time

import httpx2
import pytest

from pmi_core.errors import RequestError, UncertainError, UnexpectedAnswer, Unreachable
from pmi_core.transport.failures import reason
from pmi_core.transport.http import Timeouts
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}


async def silence(asked, writer):
    await asyncio.sleep(30)


async def drop(asked, writer):
    writer.transport.abort()


def half(reply):
    async def behave(asked, writer):
        writer.write(reply(body=b'{"a":', length=400))
        await writer.drain()
        writer.close()

    return behave


async def trickle(asked, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    for _ in range(200):
        writer.write(b"1")
        await writer.drain()
        await asyncio.sleep(0.05)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(params=["silence", "drop", "half", "trickle"])
def misfortune(request, reply):
    """After the request was taken, no whole answer comes."""
    return {"silence": silence, "drop": drop, "half": half(reply), "trickle": trickle}[request.param]


async def test_a_read_without_a_whole_answer_is_unreachable(serve, connect, misfortune):
    async with serve(misfortune) as venue:
        client = connect(venue.url, retry=NEVER, timeouts=Timeouts(read=0.3, total=1.0))
        start = time.monotonic()
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+ (did not|dropped)") as error:
            await client.get("/markets", capability="markets")
    assert time.monotonic() - start < 8
    assert (error.value.venue, error.value.capability) == ("here", "markets")


async def test_a_write_without_a_whole_answer_leaves_doubt_and_is_not_repeated(serve, connect, misfortune):
    records = []
    async with serve(misfortune) as venue:
        client = connect(venue.url, on_call=records.append, timeouts=Timeouts(read=0.3, total=1.0))
        with pytest.raises(UncertainError, match="not known whether POST /orders") as doubt:
            await client.send("POST", "/orders", **ORDER)
        assert len(venue.asked) == 1
    assert (doubt.value.client_order_id, doubt.value.venue, doubt.value.capability) == (
        "c1",
        "here",
        "orders",
    )
    assert not doubt.value.repeat_is_safe
    assert [(record.attempts, record.error) for record in records] == [(1, "UncertainError")]


async def test_a_write_that_may_be_repeated_is_repeated(serve, connect, reply, misfortune):
    async with serve(misfortune, reply(body=b'{"ok":1}')) as venue:
        client = connect(venue.url, timeouts=Timeouts(read=0.3, total=1.0))
        answer = await client.send("DELETE", "/orders/1", idempotent=True, capability="orders", signed=False)
    assert answer.body == b'{"ok":1}'
    assert len(venue.asked) == 2


async def test_doubt_about_several_orders_names_them(serve, connect):
    async with serve(drop) as venue:
        with pytest.raises(UncertainError, match="c1, c2, c3") as doubt:
            await connect(venue.url).send("POST", "/orders", **{**ORDER, "uncertain": ["c1", "c2", "c3"]})
    assert doubt.value.client_order_id is None


async def test_a_refused_connection_certainly_did_nothing(connect):
    client = connect(f"http://127.0.0.1:{free_port()}", retry=NEVER)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+ refused the connection"):
        await client.send("POST", "/orders", **ORDER)


async def test_a_name_that_does_not_exist_certainly_did_nothing(connect, monkeypatch):
    async def unknown(self, host, *args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", unknown)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    with pytest.raises(Unreachable, match=r"the name of venue\.invalid could not be resolved"):
        await connect("https://venue.invalid").send("POST", "/orders", **ORDER)


async def test_a_line_without_tls_certainly_did_nothing(serve, connect, reply):
    async def talk(reader, writer):
        writer.write(b"220 this is a mail server\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Unreachable, match="no TLS connection with 127"):
            await connect(url).send("POST", "/orders", **ORDER)


@pytest.mark.parametrize("limit", ["connect", "total"])
async def test_a_connection_that_is_never_made_certainly_did_nothing(connect, limit):
    async def mute(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = connect(url, timeouts=Timeouts(**{limit: 0.2}))
        with pytest.raises(Unreachable):
            await client.send("POST", "/orders", **ORDER)
        await client.aclose()


def test_an_untrusted_certificate_is_told_apart():
    error = httpx2.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.__cause__.verify_message = "certificate has expired"
    sentence, hint = reason(error, httpx2.URL("https://api.example.com"), proxies=False)
    assert sentence == "the TLS certificate of api.example.com is not trusted (certificate has expired)"
    assert "clock" in hint


@pytest.mark.parametrize(
    "error", [httpx2.ProxyError("407"), httpx2.ConnectError("no"), httpx2.ConnectTimeout("no")]
)
def test_a_proxy_on_the_way_is_named_without_its_password(monkeypatch, error):
    monkeypatch.setenv("https_proxy", "http://user:hunter2@proxy.local:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    sentence, _ = reason(error, httpx2.URL("https://api.example.com"), proxies=True)
    assert "proxy proxy.local:3128" in sentence
    assert "hunter2" not in sentence


async def test_through_a_proxy_that_refuses_nothing_happened(serve, reply, connect, monkeypatch):
    async with serve(reply(407, b"")) as proxy:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with pytest.raises(
            Unreachable, match=r"the proxy 127\.0\.0\.1:\d+ does not let api\.example\.com through"
        ):
            await connect("https://api.example.com").send("POST", "/orders", **ORDER)
    assert [asked.method for asked in proxy.asked] == ["CONNECT"]


async def test_slow_reads_never_hold_every_connection(serve, connect, reply):
    async def reads_hang(asked, writer):
        if asked.method == "GET":
            await asyncio.sleep(30)
        writer.write(reply())

    async with serve(reads_hang) as venue:
        client = connect(venue.url, retry=NEVER, timeouts=Timeouts(read=20))
        reads = [asyncio.create_task(client.get("/a", capability="markets")) for _ in range(150)]
        await asyncio.sleep(0.3)
        async with asyncio.timeout(5):
            await asyncio.gather(
                *(client.send("DELETE", "/orders/1", capability="orders", signed=False) for _ in range(20))
            )
        for read in reads:
            read.cancel()
        assert set(map(type, await asyncio.gather(*reads, return_exceptions=True))) == {
            asyncio.CancelledError
        }


async def test_a_cancelled_call_is_recorded_and_leaves_the_client_usable(serve, connect, reply):
    records = []
    async with serve(silence, reply()) as venue:
        client = connect(venue.url, on_call=records.append, timeouts=Timeouts())
        call = asyncio.create_task(client.get("/a", capability="markets"))
        while not venue.asked:
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await client.get("/a", capability="markets")
    assert [record.error for record in records] == ["CancelledError", None]


async def endless(asked, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("kind", ["announced", "endless", "packed"])
async def test_an_answer_that_is_too_large_is_not_read_to_its_end(serve, connect, reply, kind):
    packed = gzip.compress(b"[" + b" " * 5_000_000)
    behaviour = {
        "announced": reply(body=b"[", length=10**10),
        "endless": endless,
        "packed": reply(body=packed, headers=[("Content-Encoding", "gzip")]),
    }[kind]
    async with serve(behaviour) as venue:
        client = connect(venue.url, max_bytes=100_000)
        with pytest.raises(UnexpectedAnswer, match=r"too large: .* at most 100000 are read"):
            await client.get("/markets", capability="markets")
        with pytest.raises(UncertainError, match="too large"):
            await client.send("POST", "/orders", **ORDER)


async def test_a_packed_answer_is_unpacked_and_a_broken_one_told(serve, connect, reply):
    packed = [("Content-Encoding", "gzip")]
    async with serve(
        reply(body=gzip.compress(b"[1]"), headers=packed), reply(body=b"[1]", headers=packed)
    ) as venue:
        client = connect(venue.url)
        assert await client.get("/a", capability="markets") == b"[1]"
        with pytest.raises(UnexpectedAnswer, match="compression is broken"):
            await client.get("/a", capability="markets")


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout])
async def test_a_given_transport_that_never_connected_did_nothing(connect, error):
    def handler(request):
        raise error("no")

    client = connect("https://api.example.com", transport=httpx2.MockTransport(handler))
    with pytest.raises(Unreachable):
        await client.send("POST", "/orders", **ORDER)


@pytest.mark.parametrize(
    "error", [httpx2.ReadTimeout, httpx2.ReadError, httpx2.WriteTimeout, httpx2.RemoteProtocolError]
)
async def test_a_given_transport_that_failed_later_leaves_doubt(connect, error):
    def handler(request):
        raise error("no")

    client = connect("https://api.example.com", transport=httpx2.MockTransport(handler))
    with pytest.raises(UncertainError):
        await client.send("POST", "/orders", **ORDER)


async def test_an_address_that_the_network_library_refuses_is_the_callers_fault(connect):
    with pytest.raises(RequestError, match="cannot be part of an address"):
        await connect("http://127.0.0.1:9").get("/a\x00b", capability="markets")
