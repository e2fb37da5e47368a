"""A network between client and venue that fails in every way that networks and venues do."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus
from random import Random

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake

MESSAGE_FAULTS = ("drop", "delay", "duplicate", "reorder", "truncate", "corrupt")
CONNECTION_FAULTS = ("cut", "silence", "deaf", "odd code", "refuse 429", "refuse 503", "garbage", "restart")
ODD_CODES = (1000, 1001, 1002, 1008, 1009, 1011, 1012, 1013, 4000, 4999)


class Proxy:
    """Passes messages on, until a fault is planned for the next one that comes from the venue."""

    def __init__(self, server, seed):
        self.server = server
        self.random = Random(seed)
        self.port = None
        self.planned = []
        self.happened = []
        self.refusals = []
        self._pairs = set()
        self._serving = None
        self._restarting = None

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/ws"

    async def __aenter__(self):
        self._serving = await serve(
            self._talk, "127.0.0.1", 0, compression=None, ping_interval=None, process_request=self._request
        )
        self.port = next(iter(self._serving.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_):
        for client, venue in list(self._pairs):
            client.transport.abort()
            venue.transport.abort()
        if self._restarting is not None:
            await self._restarting
        self._serving.close()
        await self._serving.wait_closed()

    async def _request(self, connection, request):
        if self.refusals:
            status, headers = self.refusals.pop(0)
            response = connection.respond(HTTPStatus(status), "no\n")
            for name, value in headers.items():
                response.headers[name] = value
            return response
        return None

    async def _talk(self, client):
        headers = {n: v for n, v in client.request.headers.raw_items() if n.lower().startswith("x-")}
        try:
            venue = await connect(
                self.server.url, compression=None, ping_interval=None, proxy=None, additional_headers=headers
            )
        except (OSError, InvalidHandshake):
            client.transport.abort()
            return
        pair = (client, venue)
        self._pairs.add(pair)
        down = asyncio.ensure_future(self._down(client, venue))
        try:
            async for text in client:
                await venue.send(text)
        except ConnectionClosed:
            pass
        finally:
            self._pairs.discard(pair)
            down.cancel()
            venue.transport.abort()
            with contextlib.suppress(asyncio.CancelledError):
                await down

    async def _down(self, client, venue):
        held = None
        try:
            async for text in venue:
                fault = self.planned.pop(0) if self.planned else None
                if fault is None:
                    await client.send(text)
                    if held is not None:
                        await client.send(held)
                        held = None
                    continue
                self.happened.append(fault)
                if fault == "reorder":
                    held, text = text, held
                    if text is not None:
                        await client.send(text)
                elif fault in MESSAGE_FAULTS:
                    await self._spoil(client, text, fault)
                elif await self._break(client, venue, fault):
                    return
            client.transport.abort()
        except ConnectionClosed:
            client.transport.abort()

    async def _restart(self, before):
        if before is not None:
            await before
        await self.server.stop()
        await asyncio.sleep(0.01)
        await self.server.start()

    async def _spoil(self, client, text, fault):
        if fault == "delay":
            await asyncio.sleep(self.random.uniform(0.01, 0.1))
            await client.send(text)
        elif fault == "duplicate":
            await client.send(text)
            await client.send(text)
        elif fault == "truncate":
            await client.send(text[: self.random.randrange(1, max(len(text), 2))])
        elif fault == "corrupt":
            at = self.random.randrange(len(text))
            await client.send(text[:at] + "\x00" + text[at + 1 :])

    async def _break(self, client, venue, fault):
        """Do something to the whole connection; whether nothing more may pass."""
        if fault == "silence":  # the peer vanished: nothing passes, nothing is answered, nothing is closed
            client.transport.pause_reading()
            await asyncio.sleep(3)  # long after the client must have noticed
            client.transport.abort()
        elif fault == "deaf":  # pings are answered, but no data comes
            await asyncio.sleep(3600)
        elif fault == "odd code":
            await client.close(self.random.choice(ODD_CODES), "because")
        elif fault == "garbage":
            with contextlib.suppress(RuntimeError):  # it is closing already
                client.transport.write(b"\xff\xff\xff\xff")
            await asyncio.sleep(0.02)
            client.transport.abort()
        elif fault == "restart":
            # A task of its own: the client may leave meanwhile, and the venue comes back nevertheless.
            self._restarting = asyncio.ensure_future(self._restart(self._restarting))
            await asyncio.shield(self._restarting)
        else:
            if fault == "refuse 429":
                self.refusals += [(429, {"Retry-After": "0.05"})]
            elif fault == "refuse 503":
                self.refusals += [(503, {})] * 2
            client.transport.abort()
        return True
