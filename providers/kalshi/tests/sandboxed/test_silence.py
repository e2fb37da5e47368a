"""A connection on which commands are answered, and nothing is streamed any more."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from pmi_core.models import BookUpdate, Channel, ConnectionState, ConnectionUpdate, MarketQuery, Subscription

pytestmark = pytest.mark.anyio

DATA = {"orderbook_snapshot", "orderbook_delta", "trade", "ticker"}
PATIENCE = 60


class Relay:
    """Stands between a client and the exchange, and can keep the data back."""

    def __init__(self):
        self.address = ""
        self.muted = False
        self.connections = 0

    @asynccontextmanager
    async def running(self):
        async with serve(self._take, "127.0.0.1", 0, compression=None) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    def through(self, address):
        self.address = address
        return f"ws://127.0.0.1:{self.port}{urlsplit(address).path}"

    async def _take(self, client):
        self.connections += 1
        self.muted = False  # what the next connection brings is healthy
        proof = {
            name: value
            for name, value in client.request.headers.raw_items()
            if name.lower().startswith("kalshi")
        }
        async with connect(self.address, additional_headers=proof, compression=None) as exchange:
            await asyncio.gather(self._forth(client, exchange), self._back(exchange, client))

    async def _forth(self, client, exchange):
        try:
            async for message in client:
                await exchange.send(message)
        finally:
            await exchange.close()

    async def _back(self, exchange, client):
        try:
            async for message in exchange:
                if not (self.muted and json.loads(message)["type"] in DATA):
                    await client.send(message)
        except ConnectionClosed:
            pass


async def test_a_stream_without_data_is_found_out_and_opened_anew(trading):
    relay = Relay()
    async with relay.running(), trading(through=relay.through) as (_, venue), asyncio.timeout(PATIENCE):
        page = await venue.markets.list_markets(MarketQuery(status="open", limit=20))
        wanted = Subscription(
            channels=frozenset({Channel.BOOK}),
            market_refs=tuple(row.ref for row in page.items),
            buffer=1_000_000,
        )
        async with venue.stream.subscribe(wanted) as updates:
            states = []
            async for update in updates:
                if isinstance(update, ConnectionUpdate):
                    states.append(update.state)
                    if states.count(ConnectionState.LIVE) == 2:
                        break
                    relay.muted = update.state is ConnectionState.LIVE
            assert ConnectionState.STALE in states
            assert relay.connections == 2
            async for update in updates:
                if isinstance(update, BookUpdate):
                    break
