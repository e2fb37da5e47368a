from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pmi_core.errors import (
    BadKey,
    BusyError,
    GeoRestricted,
    InsufficientFunds,
    NotFound,
    PermissionDenied,
    RequestError,
    UncertainError,
    UnexpectedAnswer,
    Unreachable,
    VenueError,
)
from pmi_core.testing.clock import ManualClock
from pmi_core.transport.http import Timeouts
from pmi_core.transport.limits import Limit, Limits
from pmi_core.transport.retry import NEVER, RetryPolicy
from pmi_core.transport.statuses import refusal, wait_asked_for

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
ORDER = {"body": b"{}", "capability": "orders", "signed": False, "uncertain": "c1"}
PAGE = [("Content-Type", "text/html; charset=utf-8")]


@pytest.mark.parametrize(
    "status, kind",
    [
        (302, UnexpectedAnswer),
        (400, RequestError),
        (401, PermissionDenied),
        (403, PermissionDenied),
        (404, NotFound),
        (405, RequestError),
        (408, VenueError),
        (409, RequestError),
        (410, RequestError),
        (422, RequestError),
        (425, BusyError),
        (429, BusyError),
        (451, GeoRestricted),
        (500, VenueError),
        (503, VenueError),
        (522, VenueError),
    ],
)
async def test_each_status_has_its_error(serve, reply, connect, status, kind):
    async with serve(reply(status, b'{"error":"said so"}')) as venue:
        with pytest.raises(kind) as error:
            await connect(venue.url, retry=NEVER).get("/markets", capability="markets")
    assert type(error.value) is kind
    assert (error.value.venue, error.value.capability, error.value.code) == ("here", "markets", str(status))
    assert status < 400 or "said so" in error.value.message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 429, 451])
async def test_a_refused_write_certainly_did_not_happen(serve, reply, connect, status):
    async with serve(reply(status)) as venue:
        client = connect(venue.url)
        with pytest.raises((RequestError, PermissionDenied, BusyError, GeoRestricted)) as error:
            await client.send("POST", "/orders", **ORDER)
    assert error.value.repeat_is_safe
    assert len(venue.asked) == 1


@pytest.mark.parametrize("status", [303, 408, 500, 502, 503, 504, 520])
async def test_a_write_at_a_failing_venue_leaves_doubt_and_is_not_repeated(serve, reply, connect, status):
    async with serve(reply(status)) as venue:
        with pytest.raises(UncertainError) as doubt:
            await connect(venue.url).send("POST", "/orders", **ORDER)
    assert (doubt.value.client_order_id, doubt.value.code) == ("c1", str(status))
    assert len(venue.asked) == 1


@pytest.mark.parametrize("body", [b"<html>down</html>", b"OK", b""])
async def test_a_write_answered_with_nonsense_leaves_doubt(serve, reply, connect, body):
    async with serve(reply(200, body)) as venue:
        client = connect(venue.url)
        with pytest.raises(UncertainError):
            (await client.send("POST", "/orders", **ORDER)).decode(dict)


async def test_a_refused_key_is_told_from_a_missing_one():
    assert type(refusal(401, {}, b"", signed=True, now=NOW)) is BadKey
    assert type(refusal(401, {}, b"", signed=False, now=NOW)) is PermissionDenied


async def test_the_provider_reads_a_refusal_first(serve, reply, connect):
    def read_error(status, headers, body):
        seen.append((status, headers["X-Note"], body))
        return InsufficientFunds("no money", code="insufficient_balance") if b"balance" in body else None

    seen = []
    note = [("x-note", "yes")]
    async with serve(reply(400, b'{"code":"balance"}', note), reply(400, b"{}", note)) as venue:
        client = connect(venue.url, read_error=read_error)
        with pytest.raises(InsufficientFunds) as error:
            await client.send("POST", "/orders", **ORDER)
        assert (error.value.venue, error.value.capability, error.value.code) == (
            "here",
            "orders",
            "insufficient_balance",
        )
        with pytest.raises(RequestError, match="status 400"):
            await client.send("POST", "/orders", **ORDER)
    assert seen == [(400, "yes", b'{"code":"balance"}'), (400, "yes", b"{}")]


async def test_a_provider_that_calls_a_500_a_failure_still_leaves_doubt_after_a_write(serve, reply, connect):
    async with serve(reply(500)) as venue:
        client = connect(venue.url, read_error=lambda *_: VenueError("the exchange is paused", code="paused"))
        with pytest.raises(UncertainError, match="the exchange is paused") as doubt:
            await client.send("POST", "/orders", **ORDER)
    assert doubt.value.code == "paused"


async def test_a_provider_that_cannot_read_a_refusal_does_not_hide_it(serve, reply, connect):
    def read_error(status, headers, body):
        raise KeyError("code")

    async with serve(reply(500)) as venue:
        with pytest.raises(UncertainError):
            await connect(venue.url, read_error=read_error).send("POST", "/orders", **ORDER)


@pytest.mark.parametrize(
    "body, headers, sentence",
    [
        (b"<html><body>Just a moment...</body></html>", [], "web page"),
        (b"{}", PAGE, "web page"),
        (b"   ", [], "empty"),
        (b"Service\x1b[31m is\r\n up", [], "begins with 'Service \\[31m is up'"),
        (b"\x00\xff\xfe", [], "not JSON"),
    ],
)
async def test_a_good_status_with_something_else_than_data_is_told(
    serve, reply, connect, body, headers, sentence
):
    async with serve(reply(200, body, headers)) as venue:
        with pytest.raises(UnexpectedAnswer, match=sentence):
            await connect(venue.url).get("/markets", capability="markets")
    assert len(venue.asked) == 1


async def test_the_page_of_a_gateway_is_not_quoted(serve, reply, connect):
    async with serve(reply(502, b"<!DOCTYPE html><script>alert(1)</script>")) as venue:
        with pytest.raises(VenueError, match="a web page instead of data") as error:
            await connect(venue.url, retry=NEVER).get("/markets", capability="markets")
    assert "script" not in str(error.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(serve, reply, connect, status):
    async with serve(reply()) as elsewhere:
        moved = reply(status, b"", [("Location", f"{elsewhere.url}/markets?token=hunter2")])
        async with serve(moved) as venue:
            client = connect(venue.url, headers={"Authorization": "Bearer hunter2"})
            with pytest.raises(UnexpectedAnswer, match=r"points to 127\.0\.0\.1") as error:
                await client.get("/markets", capability="markets")
    assert elsewhere.asked == []
    assert "hunter2" not in str(error.value)


async def test_reads_are_repeated_while_the_venue_fails(serve, reply, connect):
    async with serve(reply(503), reply(429, b"{}"), reply(body=b"[1]")) as venue:
        limits = Limits(Limit("read", 1000, 1000), clock=ManualClock(auto=True))
        client = connect(venue.url, limits=limits)
        assert await client.get("/markets", capability="markets") == b"[1]"
    assert len(venue.asked) == 3


@pytest.mark.parametrize(
    "hint, pause",
    [
        ([("Retry-After", "7")], 7.0),
        ([("Retry-After", "Mon, 05 Jan 2026 15:00:09 GMT"), ("Date", "Mon, 05 Jan 2026 15:00:00 GMT")], 9.0),
        ([], 0.5),
    ],
    ids=["seconds", "date", "no hint"],
)
async def test_too_many_requests_pause_the_whole_bucket(serve, reply, connect, hint, pause):
    clock = ManualClock()
    limits = Limits(Limit("read", 1000, 1000), Limit("write", 1000, 1000), clock=clock)
    async with serve(reply(429, b'{"error":"too many requests"}', hint), reply(body=b"[1]")) as venue:
        client = connect(venue.url, limits=limits, clock=clock, retry=NEVER)
        with pytest.raises(BusyError) as busy:
            await client.get("/markets", capability="markets")
        assert busy.value.retry_after == pytest.approx(pause)
        waiting = asyncio.create_task(client.get("/markets", capability="markets"))
        await asyncio.sleep(0.05)
        await client.send(
            "DELETE", "/orders/1", capability="orders", signed=False
        )  # the write bucket goes on
        await clock.advance(pause - 0.1)
        await asyncio.sleep(0.05)
        assert len(venue.asked) == 2
        await clock.advance(0.2)
        assert await waiting == b"[1]"


async def test_a_call_that_goes_well_ends_a_row_of_refusals(serve, reply, connect):
    clock = ManualClock(auto=True)
    limits = Limits(Limit("read", 1000, 1000), clock=clock)
    busy = reply(429, b"{}")
    async with serve(busy, busy, reply(), busy) as venue:
        client = connect(venue.url, limits=limits, clock=clock, retry=NEVER)
        pauses = []
        for _ in range(4):
            try:
                await client.get("/markets", capability="markets")
            except BusyError as error:
                pauses.append(error.retry_after)
    assert pauses == pytest.approx([0.5, 1.0, 0.5])


async def test_the_budget_of_a_read_bounds_its_last_attempt_too(serve, connect):
    async def silence(asked, writer):
        await asyncio.sleep(30)

    async with serve(silence) as venue:
        client = connect(
            venue.url,
            retry=RetryPolicy(attempts=50, first=0.01, budget=1.2),
            timeouts=Timeouts(read=1.0, total=20),
        )
        start = time.monotonic()
        with pytest.raises(Unreachable):
            await client.get("/markets", capability="markets")
        assert len(venue.asked) == 2
        assert time.monotonic() - start < 1.8


async def test_a_pause_longer_than_the_budget_is_told_and_not_waited_for(serve, reply, connect):
    clock = ManualClock()
    limits = Limits(Limit("read", 10, 10), clock=clock)
    async with serve(reply(429, b"{}", [("Retry-After", "3600")])) as venue:
        client = connect(venue.url, limits=limits, clock=clock, retry=RetryPolicy(attempts=5, budget=20))
        for _ in range(2):
            with pytest.raises(BusyError) as busy:
                await client.get("/markets", capability="markets")
            assert 3590 <= busy.value.retry_after <= 3601
    assert len(venue.asked) == 1


async def test_a_venue_that_asks_to_come_back_later_is_busy(serve, reply, connect):
    async with serve(reply(503, b"{}", [("Retry-After", "120")])) as venue:
        with pytest.raises(BusyError) as busy:
            await connect(venue.url).get("/markets", capability="markets")
    assert busy.value.retry_after == 120
    assert len(venue.asked) == 1


def test_a_date_is_counted_from_the_venues_own_clock():
    theirs = NOW + timedelta(hours=3)
    headers = {"date": format_datetime(theirs), "retry-after": format_datetime(theirs + timedelta(seconds=8))}
    assert wait_asked_for(headers, NOW) == 8
    del headers["date"]
    assert wait_asked_for(headers, NOW) == 3 * 3600 + 8
    assert wait_asked_for({}, NOW) is None
