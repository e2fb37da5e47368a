"""What nobody can do with a real exchange: cut its stream, end its markets, change its luck."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import websockets

from pmi_core.errors import RequestError, SettingsError

pytestmark = pytest.mark.anyio
D = Decimal
PATIENCE = 30


async def connected(caller, *channels):
    """A connection that listens to channels."""
    headers = caller.headers("GET", urlsplit(caller.sandbox.ws_url).path)
    socket = await websockets.connect(caller.sandbox.ws_url, additional_headers=headers)
    listed = ", ".join(f'"{one}"' for one in channels)
    await socket.send(f'{{"id": 1, "cmd": "subscribe", "params": {{"channels": [{listed}]}}}}')
    for _ in channels:
        await asyncio.wait_for(socket.recv(), PATIENCE)
    return socket


async def ended(socket):
    """With which code a connection ended; 1006 is none at all."""
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()
    return socket.close_code, socket.close_reason or ""


@pytest.mark.parametrize(
    "told, seen",
    [
        ({}, (1006, "")),
        ({"code": 1012, "reason": "new version"}, (1012, "new version")),
        ({"code": 4999}, (4999, "")),
    ],
)
async def test_a_connection_is_cut_as_told_and_the_others_stay(caller, told, seen):
    first, second = await connected(caller, "trade"), await connected(caller, "ticker", "fill")
    sandbox = caller.sandbox
    assert sandbox.streams == {1: ("trade",), 2: ("ticker", "fill")}
    assert sandbox.cut_streams(1, **told) == 1
    assert await ended(first) == seen
    assert sandbox.streams == {2: ("ticker", "fill")}
    await asyncio.wait_for(await second.ping(), PATIENCE)
    assert sandbox.cut_streams() == 1
    assert sandbox.cut_streams() == 0
    await second.close()


async def test_nobody_is_let_in_while_streams_are_barred(caller):
    socket = await connected(caller, "trade")
    assert caller.sandbox.bar_streams(code=1001) == 1
    assert await ended(socket) == (1001, "")
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connected(caller, "trade")
    assert refused.value.response.status_code == 503
    assert (await caller.get("/exchange/status"))["exchange_active"] is True
    caller.sandbox.admit_streams()
    await (await connected(caller, "trade")).close()


@pytest.mark.parametrize("told", [{"code": 999}, {"code": 1006}, {"code": 5000}, {"reason": "é" * 62}])
async def test_what_no_connection_can_be_closed_with_is_refused(caller, told):
    socket = await connected(caller, "trade")
    with pytest.raises(RequestError):
        caller.sandbox.bar_streams(**told)
    assert caller.sandbox.streams == {1: ("trade",)}
    await (await connected(caller, "trade")).close()
    await socket.close()


async def test_a_market_closes_when_told(caller, clock):
    ticker = (await caller.market())["ticker"]
    later = clock.now() + timedelta(minutes=5)
    caller.sandbox.close_market(ticker, later)
    row = (await caller.get(f"/markets/{ticker}"))["market"]
    assert (row["status"], row["close_time"]) == ("active", later.strftime("%Y-%m-%dT%H:%M:%SZ"))
    await caller.leap(301)
    assert (await caller.get(f"/markets/{ticker}"))["market"]["status"] == "closed"
    assert (await caller.order(ticker)).status_code != 201


async def test_a_market_is_settled_and_pays(caller):
    ticker = (await caller.market())["ticker"]
    bought = await caller.order(ticker, price="0.9900", time_in_force="immediate_or_cancel")
    held = D(bought.json()["fill_count"])
    assert held > 0
    caller.sandbox.settle_market(ticker, D(1))
    row = (await caller.get(f"/markets/{ticker}"))["market"]
    assert (row["status"], row["result"], row["settlement_value_dollars"]) == ("finalized", "yes", "1.0000")
    (paid,) = (await caller.get("/portfolio/settlements"))["settlements"]
    assert (paid["ticker"], D(paid["yes_count_fp"])) == (ticker, held)
    await caller.leap(60)  # the floor goes on without it
    with pytest.raises(RequestError):
        caller.sandbox.settle_market(ticker, D(0))
    with pytest.raises(RequestError):
        caller.sandbox.close_market("KXNOWHERE")


async def test_faults_begin_and_end(caller):
    caller.sandbox.set_faults({"error-503": D(1)})
    assert (await caller.ask("GET", "/exchange/status")).status_code == 503
    with pytest.raises(SettingsError, match="flood"):
        caller.sandbox.set_faults({"flood": D(1)})
    assert (await caller.ask("GET", "/exchange/status")).status_code == 503
    caller.sandbox.set_faults({})
    assert (await caller.ask("GET", "/exchange/status")).status_code == 200


async def test_all_of_it_goes_over_http_where_that_was_asked_for(serve):
    async with serve(control=True, faults={"drop-call": D(1)}) as caller:
        address = caller.sandbox.announcement["control_url"]

        async def told(word, **body):
            answer = await caller.http.post(f"{address}/{word}", json=body)
            return answer.status_code, answer.json()

        assert await told("set-faults", faults={}) == (200, {})
        ticker = (await caller.market())["ticker"]
        socket = await connected(caller, "trade", "fill")
        streams = (await caller.http.get(f"{address}/streams")).json()
        assert streams == {"streams": [{"number": 1, "channels": ["trade", "fill"]}]}
        assert await told("cut-streams", numbers=[2]) == (200, {"connections": 0})
        assert await told("bar-streams", code=4000, reason="away") == (200, {"connections": 1})
        assert await ended(socket) == (4000, "away")
        assert await told("admit-streams") == (200, {})
        await (await connected(caller, "trade")).close()
        assert await told("pause-trading") == (200, {})
        assert (await caller.get("/exchange/status"))["trading_active"] is False
        assert await told("resume-trading") == (200, {})
        assert await told("close-market", ticker=ticker) == (200, {})
        assert await told("settle-market", ticker=ticker, value="0") == (200, {})
        assert (await caller.get(f"/markets/{ticker}"))["market"]["result"] == "no"
        for word, body in (
            ("settle-market", {"ticker": ticker, "value": "0.5"}),
            ("close-market", {"ticker": 3}),
            ("cut-streams", {"code": 1}),
            ("set-faults", {"faults": {"flood": 1}}),
            ("pause-trading", {"for": 3}),
        ):
            status, said = await told(word, **body)
            assert (status, bool(said["error"])) == (400, True), word
        status, said = await told("explode")
        assert (status, "cut-streams" in said["error"]) == (404, True)


async def test_there_is_no_such_address_otherwise(caller):
    assert "control_url" not in caller.sandbox.announcement
    root = caller.sandbox.rest_url.removesuffix("/trade-api/v2")
    answer = await caller.http.post(f"{root}/sandbox/pause-trading", json={})
    assert answer.status_code == 404
    assert (await caller.get("/exchange/status"))["trading_active"] is True
