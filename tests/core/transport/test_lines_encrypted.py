"""Encrypted connections, with a certificate that only the tests trust."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager

import pytest
import trustme

from pmi_core.errors import UncertainError, Unreachable
from pmi_core.transport.http import Timeouts
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}
PATIENT = Timeouts(connect=30, read=30, write=30, pool=30, total=60)


@pytest.fixture(scope="module")
def authority():
    """Vouches for certificates, to whoever is told to trust it."""
    return trustme.CA()


@pytest.fixture
def encrypted(serve, authority):
    """Serve as ``serve`` does, over TLS."""

    @asynccontextmanager
    async def start(*behaviours):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        async with serve(*behaviours, tls=context) as venue:
            yield venue

    return start


@pytest.fixture
def trusted(monkeypatch, authority, tmp_path):
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.mark.usefixtures("trusted")
async def test_an_encrypted_connection_is_kept_and_used_again(encrypted, reply, connect):
    body = bytes(range(256)) * 8000
    async with encrypted(reply(body=b"[" + b"1," * 200_000 + b"1]")) as venue:
        client = connect(venue.url, timeouts=PATIENT)
        for _ in range(5):
            assert len(await client.get("/a", capability="markets")) == 400_003
            await client.send("POST", "/orders", **{**ORDER, "body": body})
        await client.aclose()
    assert venue.connections == 1
    assert [len(asked.body) for asked in venue.asked] == [0, len(body)] * 5


@pytest.mark.usefixtures("trusted")
async def test_many_at_once_share_the_connections(encrypted, reply, connect):
    async with encrypted(reply()) as venue:
        client = connect(venue.url, timeouts=PATIENT)
        for _ in range(3):
            await asyncio.gather(*(client.get("/a", capability="markets") for _ in range(8)))
        await client.aclose()
    assert venue.connections == 8


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("frame", [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1,", b""])
async def test_an_encrypted_connection_that_breaks_off_leaves_doubt(encrypted, connect, frame):
    async def cut(asked, writer):
        writer.write(frame)
        await writer.drain()
        writer.transport.abort()

    async with encrypted(cut) as venue:
        client = connect(venue.url, timeouts=PATIENT, retry=NEVER)
        with pytest.raises(UncertainError, match="dropped the connection"):
            await client.send("POST", "/orders", **ORDER)
        await client.aclose()
    assert len(venue.asked) == 1


@pytest.mark.usefixtures("trusted")
async def test_one_that_the_venue_closed_is_replaced(encrypted, reply, connect):
    async def farewell(asked, writer):
        writer.write(reply())
        await writer.drain()
        writer.close()

    async with encrypted(farewell) as venue:
        client = connect(venue.url, timeouts=PATIENT, retry=NEVER)
        for _ in range(3):
            await client.send("POST", "/orders", **ORDER)
            await asyncio.sleep(0.1)
        await client.aclose()
    assert venue.connections == 3


async def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    encrypted, reply, connect
):
    async with encrypted(reply()) as venue:
        client = connect(venue.url, timeouts=PATIENT, retry=NEVER)
        with pytest.raises(Unreachable, match=r"certificate of 127\.0\.0\.1:\d+ is not trusted"):
            await client.send("POST", "/orders", **ORDER)
        await client.aclose()
    assert venue.asked == []
