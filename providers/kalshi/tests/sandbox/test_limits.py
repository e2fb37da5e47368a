"""Limits and misfortunes: what they cost, and what survives them."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import httpx2
import pytest
import websockets

from pmi_core.errors import SettingsError
from pmi_provider_kalshi.sandbox import Sandbox

pytestmark = pytest.mark.anyio
BASE = "/portfolio/events/orders"


async def statuses(caller, count, *call, **more):
    return [(await caller.ask(*call, **more)).status_code for _ in range(count)]


async def test_an_empty_bucket_says_so_and_nothing_else(serve, clock):
    async with serve(tier="basic") as caller:
        path = "/portfolio/positions"
        assert await statuses(caller, 40, "GET", path) == [200] * 40
        answer = await caller.ask("GET", path)
        assert (answer.status_code, answer.json()) == (429, {"error": "too many requests"})
        assert not {"retry-after", "x-ratelimit-limit"} & {name.lower() for name in answer.headers}
        await clock.advance(0.5)  # 100 tokens
        assert await statuses(caller, 11, "GET", path) == [200] * 10 + [429]


async def test_writes_have_a_bucket_of_their_own_and_rows_are_billed(serve):
    async with serve(tier="basic") as caller:
        ticker = (await caller.market())["ticker"]
        row = caller.bid(ticker, count="1.00", price="0.0100")
        eleven = [{**row, "client_order_id": f"row-{number}"} for number in range(11)]
        assert (await caller.ask("POST", f"{BASE}/batched", {"orders": eleven})).status_code == 429
        made = await caller.ask("POST", f"{BASE}/batched", {"orders": eleven[:9]})
        assert made.status_code == 201
        ids = [{"order_id": one["order_id"]} for one in made.json()["orders"]]
        assert (await caller.ask("DELETE", f"{BASE}/batched", {"orders": ids[:6]})).status_code == 429
        assert (await caller.ask("DELETE", f"{BASE}/batched", {"orders": ids[:5]})).status_code == 200
        assert (await caller.get("/portfolio/orders", status="resting"))["orders"]


@pytest.mark.parametrize("tier, passes", [("basic", 1), ("premier", 5)])
async def test_the_balance_is_asked_for_seldom(serve, tier, passes):
    async with serve(tier=tier) as caller:
        found = await statuses(caller, passes + 1, "GET", "/portfolio/balance")
        assert found == [200] * passes + [429]


async def test_limits_and_costs_are_told(serve):
    async with serve(tier="basic") as caller:
        limits = await caller.get("/account/limits")
        assert limits["write"] == {"refill_rate": 100, "bucket_capacity": 100}
        costs = await caller.get("/account/endpoint_costs")
        assert costs["default_cost"] == 10
        told = {(row["method"], row["path"]): row["cost"] for row in costs["endpoint_costs"]}
        assert told["DELETE", "/trade-api/v2/portfolio/events/orders/:order_id"] == 2


async def test_a_lost_answer_leaves_its_order(serve):
    async with serve(faults={"drop-answer": Decimal(1)}) as caller:
        ticker = next(one for one in caller.sandbox.office.engine.market_ids() if one.startswith("KXFED"))
        with pytest.raises(httpx2.RemoteProtocolError):
            await caller.order(ticker, client_order_id="lost")
        assert "lost" in caller.sandbox.office.records.client_ids


@pytest.mark.parametrize("fault", ["drop-call", "error-500", "error-503"])
async def test_other_faults_leave_nothing(serve, fault):
    async with serve(faults={fault: Decimal(1)}) as caller:
        ticker = next(one for one in caller.sandbox.office.engine.market_ids() if one.startswith("KXFED"))
        try:
            answer = await caller.order(ticker, client_order_id="never")
        except httpx2.RemoteProtocolError:
            assert fault == "drop-call"
        else:
            assert f"error-{answer.status_code}" == fault
        assert not caller.sandbox.office.records.client_ids


async def test_faults_come_at_their_rate(serve):
    async with serve(faults={"error-503": Decimal("0.3")}) as caller:
        found = await statuses(caller, 100, "GET", "/exchange/status")
        assert 15 <= found.count(503) <= 45


async def test_a_skipped_message_leaves_a_gap(serve):
    async with serve(faults={"skip-message": Decimal("0.5")}) as caller:
        path = "/trade-api/ws/v2"
        async with websockets.connect(
            caller.sandbox.ws_url, additional_headers=caller.headers("GET", path)
        ) as socket:
            tickers = (await caller.get("/markets", status="open"))["markets"]
            names = ",".join(f'"{row["ticker"]}"' for row in tickers[:30])
            await socket.send(
                f'{{"id":1,"cmd":"subscribe","params":{{"channels":["orderbook_delta"],"market_tickers":[{names}]}}}}'
            )
            await socket.send('{"id":2,"cmd":"unsubscribe","params":{"sids":[1]}}')
            frames = 0
            async with asyncio.timeout(30):
                while '"unsubscribed"' not in (last := await socket.recv()):
                    frames += '"seq"' in last
            assert 0 < frames < 30


async def test_a_cut_socket_is_cut(serve):
    async with serve(faults={"drop-socket": Decimal(1)}) as caller:
        headers = caller.headers("GET", "/trade-api/ws/v2")
        async with websockets.connect(caller.sandbox.ws_url, additional_headers=headers) as socket:
            await socket.send('{"id":1,"cmd":"list_subscriptions"}')
            with pytest.raises(websockets.ConnectionClosed):
                await socket.recv()


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"faults": {"earthquake": Decimal(1)}}, "no fault"),
        ({"faults": {"slow": Decimal(2)}}, "rate"),
        ({"tier": "gold"}, "no tier"),
    ],
)
async def test_nonsense_is_refused(settings, said):
    with pytest.raises(SettingsError, match=said):
        async with Sandbox(**settings):
            pass


async def test_a_taken_port_is_said(serve):
    async with serve() as caller:
        with pytest.raises(SettingsError, match="cannot listen"):
            async with Sandbox(port=caller.sandbox.port):
                pass
