from __future__ import annotations

import asyncio
import hashlib
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import msgspec
import pytest

import pmi_core
from pmi_core.errors import BadKey, RequestError, SettingsError, UncertainError, UnexpectedAnswer
from pmi_core.testing.clock import ManualClock
from pmi_core.transport.http import HttpClient
from pmi_core.transport.limits import Limit, Limits

pytestmark = pytest.mark.anyio


class Stamp:
    """Signs with a digest of everything it is given."""

    def __init__(self, blocking=False):
        self.blocking = blocking
        self.requests = []
        self.threads = []

    def sign(self, request):
        self.requests.append(request)
        self.threads.append(threading.get_ident())
        text = f"{request.method}{request.path}{request.query}{request.body!r}{request.now.isoformat()}"
        return {"X-Proof": hashlib.sha256(text.encode()).hexdigest()}


class AsyncStamp(Stamp):
    async def sign(self, request):
        await asyncio.sleep(0)
        return super().sign(request)


async def test_a_read_gives_the_bytes_and_says_who_asks(serve, reply, connect):
    async with serve(reply(body=b'{"a":1}')) as venue:
        client = connect(f"{venue.url}/v2")
        params = {"limit": 5, "tickers": ["A B", "C&D"], "open": True, "min": Decimal("1E+2"), "none": None}
        assert await client.get("/markets", params=params, capability="markets") == b'{"a":1}'
    asked = venue.asked[0]
    assert (asked.method, asked.target) == (
        "GET",
        "/v2/markets?limit=5&tickers=A%20B&tickers=C%26D&open=true&min=100",
    )
    assert asked.headers["user-agent"] == f"pmi-core/{pmi_core.__version__}"
    assert "x-proof" not in asked.headers


async def test_a_write_sends_its_body_and_gives_the_whole_answer(serve, reply, connect):
    async with serve(reply(201, b'{"id":"o1"}', [("X-Note", "yes")])) as venue:
        client = connect(venue.url)
        answer = await client.send("post", "/orders", body=b'{"n":"1"}', capability="orders", signed=False)
    assert (answer.status, answer.body, answer.headers["x-note"]) == (201, b'{"id":"o1"}', "yes")
    asked = venue.asked[0]
    assert (asked.method, asked.body, asked.headers["content-type"]) == (
        "POST",
        b'{"n":"1"}',
        "application/json",
    )


async def test_an_empty_answer_is_fine_for_a_write_and_not_for_a_read(serve, reply, connect):
    async with serve(reply(204, b"")) as venue:
        client = connect(venue.url)
        assert (await client.send("DELETE", "/orders/1", capability="orders", signed=False)).body == b""
    async with serve(reply(200, b"")) as venue:
        with pytest.raises(UnexpectedAnswer, match="empty"):
            await connect(venue.url).get("/markets", capability="markets")


@pytest.mark.parametrize(
    "stamp", [Stamp(), Stamp(blocking=True), AsyncStamp()], ids=["quick", "blocking", "async"]
)
async def test_a_signer_signs_exactly_what_stands_on_the_wire(serve, reply, connect, stamp):
    clock = ManualClock()
    async with serve(reply()) as venue:
        limits = Limits(Limit("read", 9, 9), Limit("write", 9, 9), clock=clock)
        client = connect(f"{venue.url}/v2", signer=stamp, clock=clock, limits=limits)
        await client.get("/markets/A%2FB", params={"q": "x y"}, capability="markets", signed=True)
        await client.send("POST", "/orders", body=b"{}", capability="orders")
        await client.get("/markets", capability="markets")
    read, write = stamp.requests
    assert (read.method, read.path, read.query, read.body) == ("GET", "/v2/markets/A%2FB", "q=x%20y", b"")
    assert (write.method, write.path, write.query, write.body) == ("POST", "/v2/orders", "", b"{}")
    assert [f"{request.path}{'?' * bool(request.query)}{request.query}" for request in stamp.requests] == [
        asked.target for asked in venue.asked[:2]
    ]
    assert read.now == clock.now()
    assert "x-proof" in venue.asked[0].headers
    assert "x-proof" not in venue.asked[2].headers
    on_loop = threading.get_ident() in stamp.threads
    assert on_loop is not stamp.blocking


async def test_every_attempt_is_signed_anew(serve, reply, connect):
    stamp = Stamp()
    async with serve(reply(500), reply(500), reply()) as venue:
        await connect(venue.url, signer=stamp).get("/balance", capability="account", signed=True)
    proofs = [asked.headers["x-proof"] for asked in venue.asked]
    assert len(set(proofs)) == len(proofs) == 3


async def test_a_failing_signer_tells_its_kind_and_not_its_words(connect):
    class Broken:
        blocking = False

        def sign(self, request):
            raise ValueError("key is MIIEvQIBADANBg")

    with pytest.raises(BadKey, match="ValueError") as error:
        await connect("http://127.0.0.1:9", signer=Broken()).get("/a", capability="account", signed=True)
    assert "MIIE" not in str(error.value)


async def test_a_signed_call_without_a_key_names_the_settings(connect):
    with pytest.raises(SettingsError, match="has no key"):
        await connect("http://127.0.0.1:9").get("/balance", capability="account", signed=True)


@pytest.mark.parametrize(
    "path", ["markets", "https://evil.example/x", "/a?b=1", "/a#b", "/a/../../admin", "/a/.."]
)
async def test_what_is_no_path_below_the_base_is_refused(connect, path):
    with pytest.raises(RequestError, match="is not a path below"):
        await connect("http://127.0.0.1:9/v2").get(path, capability="markets")


async def test_a_float_in_the_query_is_refused(connect):
    with pytest.raises(RequestError, match="'price' cannot be written exactly from a float"):
        await connect("http://127.0.0.1:9").get("/a", params={"price": 0.1}, capability="markets")


@pytest.mark.parametrize(
    "url", ["api.example.com", "ftp://api.example.com", "https://u:p@api.example.com", "https://h/?a=b", ""]
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(SettingsError, match="must be like https://host/path"):
        HttpClient(url, venue="here", limits=Limits())


def test_a_key_never_travels_an_open_line():
    with pytest.raises(SettingsError, match="open line"):
        HttpClient("http://api.example.com", venue="here", limits=Limits(), signer=Stamp())
    HttpClient("http://127.0.0.1:9", venue="here", limits=Limits(), signer=Stamp())


async def test_each_call_spends_its_cost_from_its_bucket(serve, reply, connect):
    clock = ManualClock()
    limits = Limits(Limit("read", 100, 1), Limit("own", 1, 1), clock=clock)
    async with serve(reply()) as venue:
        client = connect(venue.url, limits=limits, clock=clock)
        await client.get("/markets", capability="markets", cost=10)
        await client.get("/balance", capability="account", bucket="own")
    assert [(budget.name, budget.available) for budget in client.budgets()] == [("read", 90), ("own", 0)]


async def test_every_finished_call_is_recorded_once(serve, reply, connect):
    records = []
    async with serve(reply(500), reply(), reply(404)) as venue:
        client = connect(venue.url, on_call=records.append)
        await client.get("/markets", params={"limit": 1}, capability="markets")
        with pytest.raises(pmi_core.NotFound):
            await client.get("/markets/X", capability="markets", operation="get_market")
    assert [
        (record.venue, record.capability, record.method, record.attempts, record.error) for record in records
    ] == [
        ("here", "markets", "GET /markets", 2, None),
        ("here", "markets", "get_market", 1, "NotFound"),
    ]
    assert all(record.seconds > 0 for record in records)


async def test_a_failing_listener_changes_nothing(serve, reply, connect):
    def listener(record):
        raise RuntimeError("listener")

    async with serve(reply(body=b"[]")) as venue:
        assert await connect(venue.url, on_call=listener).get("/a", capability="markets") == b"[]"


async def test_connections_are_kept_and_opened_again_after_the_venue_closed_them(serve, reply, connect):
    async def answer_and_close(asked, writer):
        writer.write(reply())
        await writer.drain()
        writer.close()

    async with serve(reply(), reply(), answer_and_close, reply()) as venue:
        client = connect(venue.url)
        for number in range(4):
            await client.get(f"/{number}", capability="markets")
            await asyncio.sleep(0.02)
    assert len(venue.asked) == 4
    assert venue.connections == 2


async def test_a_hundred_reads_at_once_all_come_back(serve, connect, reply):
    async def late(asked, writer):
        await asyncio.sleep(0.02)
        writer.write(reply(body=asked.target.removeprefix("/").encode()))

    async with serve(late) as venue:
        client = connect(venue.url)
        bodies = await asyncio.gather(
            *(client.get(f"/{number}", capability="markets") for number in range(100))
        )
    assert bodies == [str(number).encode() for number in range(100)]


async def test_a_closed_client_says_so_and_closes_twice(serve, reply, connect):
    async with serve(reply()) as venue:
        client = connect(venue.url)
        await client.get("/a", capability="markets")
        await client.aclose()
        await client.aclose()
        with pytest.raises(RequestError, match="the venue is closed"):
            await client.get("/a", capability="markets")


async def test_the_venues_clock_is_learned_from_its_answers(serve, reply, connect):
    ahead = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)  # noqa: TID251
    async with serve(reply(headers=[("Date", ahead)])) as venue:
        client = connect(venue.url)
        assert client.skew.offset is None
        await client.get("/a", capability="markets")
    assert client.skew.exceeds(timedelta(seconds=30))


class WireOrder(msgspec.Struct):
    id: str


async def test_an_answer_is_decoded_and_an_odd_one_after_a_write_leaves_doubt(serve, reply, connect):
    async with serve(reply(201, b'{"id":"o1"}'), reply(201, b'{"i')) as venue:
        client = connect(venue.url)
        send = {"body": b"{}", "capability": "orders", "signed": False}
        assert (await client.send("POST", "/orders", uncertain="c1", **send)).decode(WireOrder).id == "o1"
        odd = await client.send("POST", "/orders", uncertain="c2", **send)
        with pytest.raises(UncertainError, match="breaks off") as doubt:
            odd.decode(WireOrder)
        assert doubt.value.client_order_id == "c2"
        harmless = await client.send("POST", "/orders", idempotent=True, **send)
        with pytest.raises(UnexpectedAnswer, match="breaks off"):
            harmless.decode(WireOrder)
