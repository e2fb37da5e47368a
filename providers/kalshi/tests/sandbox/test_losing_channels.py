"""The two ways to lose a channel of the stream: a key that may not hear it, and a reader that is too slow."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import pytest
import websockets

from pmi_provider_kalshi.sandbox.feed import socket

pytestmark = pytest.mark.anyio
PATIENCE = 30


async def test_private_channels_need_the_scope_to_read(caller):
    scopes = {"name": "balance", "scopes": ["read::portfolio_balance"], "key_type": "ed25519"}
    made = (await caller.ask("POST", "/api_keys/generate", scopes)).json()
    poor = type(caller)(caller.sandbox, caller.http, key=(made["api_key_id"], made["private_key"]))
    headers = poor.headers("GET", urlsplit(caller.sandbox.ws_url).path)
    async with websockets.connect(caller.sandbox.ws_url, additional_headers=headers) as line:

        async def told(number, channels):
            command = {"id": number, "cmd": "subscribe", "params": {"channels": channels}}
            await line.send(json.dumps(command))
            return json.loads(await asyncio.wait_for(line.recv(), PATIENCE))

        for number, channel in enumerate(("fill", "user_orders", "communications"), 1):
            refused = await told(number, ["ticker", channel])
            assert (refused["type"], refused["id"], refused["msg"]["code"]) == ("error", number, 9)
        assert (await told(9, ["ticker"]))["type"] == "subscribed", "and nothing else was lost by it"


async def test_a_reader_that_is_too_slow_loses_its_subscription_and_may_begin_anew(caller, line, monkeypatch):
    """A sweep of a book tells more than there is room for; other subscriptions and the line stay."""
    monkeypatch.setattr(socket, "_ROOM", 2)
    ticker = (await caller.market())["ticker"]
    await line.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker])
    sid = (await asyncio.wait_for(line.frame("subscribed"), PATIENCE))["msg"]["sid"]
    await asyncio.wait_for(line.frame("orderbook_snapshot"), PATIENCE)
    await caller.order(ticker, price="0.9900", count="100000.00", time_in_force="immediate_or_cancel")
    lost = await asyncio.wait_for(line.frame("error"), PATIENCE)
    assert (lost["sid"], lost["msg"]["code"], "id" in lost) == (sid, 25, False)
    await line.command("list_subscriptions")
    assert (await asyncio.wait_for(line.frame("ok"), PATIENCE))["msg"] == []
    await line.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker])
    begun = await asyncio.wait_for(line.frame("subscribed"), PATIENCE)
    fresh = await asyncio.wait_for(line.frame("orderbook_snapshot"), PATIENCE)
    assert begun["msg"]["sid"] != sid
    assert fresh["seq"] == 1
