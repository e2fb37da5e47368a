"""Encrypted connections, with a certificate made for the test."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pmi_core.errors import UncertainError, Unreachable
from pmi_core.transport.http import Timeouts
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}
PATIENT = Timeouts(connect=30, read=30, write=30, pool=30, total=60)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a venue on this machine")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=40_000))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    place = tmp_path_factory.mktemp("tls") / "venue.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return place


@pytest.fixture
def encrypted(certificate, serve):
    """Serve as ``serve`` does, over TLS."""

    @asynccontextmanager
    async def start(*behaviours):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        async with serve(*behaviours, tls=context) as venue:
            yield venue

    return start


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


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
