"""A venue on this machine that behaves as a test says, and a loop whose time costs nothing."""

from __future__ import annotations

import asyncio
import heapq
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from pmi_core.transport.http import HttpClient, Timeouts
from pmi_core.transport.limits import Limit, Limits
from pmi_core.transport.retry import RetryPolicy


@dataclass
class Asked:
    """One request as it stood on the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class LocalVenue:
    url: str
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    """How many were made."""
    open: int = 0
    """How many stand now."""


Behaviour = bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def reply(status=200, body=b"{}", headers=(), length=None):
    """The bytes of one whole answer; ``length`` lies about the body's size."""
    lines = [f"HTTP/1.1 {status} Some Words", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _read(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@asynccontextmanager
async def _serve(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[LocalVenue]:
    """Behave to the n-th request as the n-th behaviour says, and to all later ones as the last."""
    venue = LocalVenue("")
    talks = set()

    async def talk(reader, writer):
        venue.connections += 1
        venue.open += 1
        talks.add(asyncio.current_task())
        try:
            while True:
                asked = await _read(reader)
                venue.asked.append(asked)
                behaviour = behaviours[min(len(venue.asked), len(behaviours)) - 1]
                if isinstance(behaviour, bytes):
                    writer.write(behaviour)
                else:
                    await behaviour(asked, writer)
                await writer.drain()
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            venue.open -= 1
            writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    venue.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield venue
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks)
        await asyncio.sleep(0)


@pytest.fixture
def serve():
    return _serve


@pytest.fixture(name="reply")
def reply_fixture():
    return reply


@pytest.fixture
async def connect():
    """Make clients that are quick to give up, and close them at the end."""
    opened = []

    def make(url, **settings):
        settings.setdefault("limits", Limits(Limit("read", 1000, 1000), Limit("write", 1000, 1000)))
        settings.setdefault("retry", RetryPolicy(attempts=3, first=0.01, budget=5))
        settings.setdefault("timeouts", Timeouts(connect=2, read=0.3, write=2, pool=2, total=3))
        client = HttpClient(url, venue="here", **settings)
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer instead of waiting for it."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def time(self):
        return self.now

    def _run_once(self):
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0]._when)
        self.now += 1e-9  # no loop is infinitely quick, and timers count on that
        super()._run_once()


class LoopClock:
    """The time of the running loop as a clock."""

    def now(self):
        return datetime(2026, 1, 5, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self):
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds):
        await asyncio.sleep(max(seconds, 0))


@pytest.fixture(scope="session")
def in_virtual_time():
    """Run a coroutine function, given a clock, in a loop where hours pass at once."""

    def run(scenario):
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(scenario(LoopClock()))

    return run
