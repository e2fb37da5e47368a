"""A real socket server on this machine, whose connections each have a mailbox of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


class Session:
    """One client's connection, as the venue sees it."""

    def __init__(self, venue, connection):
        self.venue = venue
        self.connection = connection
        self.mail = asyncio.Queue()

    def say(self, message):
        self.mail.put_nowait(message if isinstance(message, str) else json.dumps(message))

    def heard(self, text):
        """Take what the client said."""

    def changed(self, change):
        """Tell the client of a change."""

    def traded(self, market, number):
        """Tell the client of a trade."""


class Server:
    """Serves one kind of session; `stop` and `start` again is a restart on the same port."""

    def __init__(self, truth, session):
        self.truth = truth
        self.kind = session
        self.sessions = []
        self.handshakes = []
        self.said = []
        self.port = None
        self._server = None

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/ws"

    async def start(self):
        self._server = await serve(
            self._talk, "127.0.0.1", self.port or 0, compression=None, ping_interval=None
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self):
        for session in self.sessions:
            session.connection.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_):
        await self.stop()

    def change(self, market=None):
        change = self.truth.change(market)
        for session in self.sessions:
            session.changed(change)

    def trade(self, market):
        self.truth.trades += 1
        for session in self.sessions:
            session.traded(market, self.truth.trades)

    async def _talk(self, connection):
        session = self.kind(self, connection)
        self.sessions.append(session)
        self.handshakes.append(dict(connection.request.headers.raw_items()))

        async def post():
            while True:
                await connection.send(await session.mail.get())

        posting = asyncio.ensure_future(post())
        try:
            async for text in connection:
                self.said.append(text)
                session.heard(text)
        except ConnectionClosed:
            pass
        finally:
            self.sessions.remove(session)
            posting.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await posting
