"""A planted secret is looked for wherever a call leaves traces."""

from __future__ import annotations

import logging
import traceback

import httpx2
import pytest

from pmi_core.errors import PmiError, VenueError
from pmi_core.transport.http import Timeouts
from pmi_core.transport.redaction import HIDDEN, excerpt, without
from pmi_core.transport.retry import NEVER

pytestmark = pytest.mark.anyio
KEY, SIGNATURE, TOKEN = "key-5f1d0c7e", "c2lnbmF0dXJlIG9mIG1pbmU=", "tok/en 91"
ECHO = f'{{"you sent":"{KEY}","{SIGNATURE}":"{TOKEN}","tok%2Fen%2091":1}}'.encode()


class Planted:
    blocking = False

    def sign(self, request):
        return {"X-Access-Key": KEY, "X-Access-Signature": SIGNATURE}


async def late(asked, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + ECHO)
    await writer.drain()
    writer.close()


def traces(error):
    """Everything that is printed of an error and of what is behind it."""
    yield "".join(traceback.format_exception(error))
    while error is not None:
        yield from (str(error), repr(error), str(error.args))
        if isinstance(error, PmiError):
            yield str(error.details())
        error = error.__cause__ or error.__context__


def assert_clean(*texts):
    for text in texts:
        for secret in (KEY, SIGNATURE, TOKEN, "tok%2Fen%2091", "tok/en%2091"):
            assert secret not in text


@pytest.fixture
def everything_logged(caplog):
    caplog.set_level(logging.NOTSET)
    for name in ("httpx2", "httpcore2", "pmi_core.transport"):
        caplog.set_level(1, logger=name)
    return caplog


@pytest.mark.parametrize(
    "kind", ["fine", "400", "401", "429", "500", "not json", "dropped", "redirect", "hook"]
)
@pytest.mark.parametrize("way", ["held connections", "network library"])
async def test_no_secret_in_any_error_log_or_repr(serve, reply, connect, everything_logged, kind, way):
    behaviour = {
        "fine": reply(body=b"{}"),
        "400": reply(400, ECHO),
        "401": reply(401, ECHO),
        "429": reply(429, ECHO),
        "500": reply(500, ECHO),
        "not json": reply(200, KEY.encode() + ECHO),
        "dropped": late,
        "redirect": reply(302, ECHO, [("Location", "https://elsewhere.example/")]),
        "hook": reply(418, ECHO),
    }[kind]

    def hook(status, headers, body):
        return VenueError(f"it says {body!r}", code=KEY, hint=f"see {SIGNATURE}") if status == 418 else None

    records = []
    async with serve(behaviour) as venue:
        client = connect(
            venue.url,
            signer=Planted(),
            secret_params=["token"],
            read_error=hook,
            retry=NEVER,
            on_call=records.append,
            timeouts=Timeouts(read=0.5),
            transport=httpx2.AsyncHTTPTransport() if way == "network library" else None,
        )
        for call in (
            client.get("/a", params={"token": TOKEN, "limit": 1}, capability="account", signed=True),
            client.send(
                "POST", "/b", params={"token": TOKEN}, body=b"{}", capability="orders", uncertain="c1"
            ),
        ):
            try:
                await call
            except PmiError as error:
                assert kind != "fine"
                assert_clean(*traces(error))
            else:
                assert kind == "fine"
        assert_clean(repr(client), str(client), repr(records))
    assert len(venue.asked) == 2
    assert all("token=tok%2Fen%2091" in asked.target for asked in venue.asked)
    assert all(asked.headers["x-access-key"] == KEY for asked in venue.asked)
    logged = [record.getMessage() for record in everything_logged.records]
    assert any("limit=1" in line for line in logged)
    assert_clean(*logged, everything_logged.text)


async def test_no_secret_in_an_answer_or_its_question(connect):
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=ECHO))
    client = connect(
        "https://api.example.com", signer=Planted(), secret_params=["token"], transport=transport
    )
    answer = await client.send("POST", "/b", params={"token": TOKEN}, body=KEY.encode(), capability="orders")
    assert_clean(repr(answer), repr(answer.question))


async def test_the_transports_own_lines_are_debug_and_name_the_call(serve, reply, connect, everything_logged):
    async with serve(reply(body=b"[1]")) as venue:
        client = connect(venue.url, secret_params=["token"])
        await client.get("/markets", params={"token": TOKEN, "limit": 1}, capability="markets")
    ours = [record for record in everything_logged.records if record.name == "pmi_core.transport"]
    assert [record.levelno for record in ours] == [logging.DEBUG]
    assert ours[0].getMessage().startswith(f"GET /markets?token={HIDDEN}&limit=1 -> 200, 3 bytes in ")


def test_short_values_cut_no_holes():
    assert without("version 1 of 1234", ["1", "1234", "12345678"]) == f"version 1 of {HIDDEN}"
    assert without("abcdef", ["abcd", "abcdef"]) == HIDDEN


def test_an_excerpt_is_one_short_printable_line():
    shown = excerpt(b"a\x00\x1b[2J\n\n  b\xff" + b"c" * 10_000)
    assert shown.startswith("a [2J b")
    assert shown.endswith("...")
    assert len(shown) < 200
    assert shown.isprintable()
    assert excerpt(b"") == ""
