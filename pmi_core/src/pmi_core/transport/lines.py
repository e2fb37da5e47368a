"""The connections to one host that this side holds itself: the last one used is the next one taken."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import httpx2

from pmi_core.transport.dialling import dial
from pmi_core.transport.line import Line
from pmi_core.transport.timeouts import Timeouts
from pmi_core.transport.unpacking import unpacked

if TYPE_CHECKING:
    from pmi_core.transport.address import Address, Origin
    from pmi_core.transport.failures import Sending
    from pmi_core.transport.received import Received

__all__ = ["Lines"]

_IDLE: Final = 30.0
"""Seconds that an unused line stays open."""


class Lines:
    """At most so many lines; for the running loop in which they are made.

    A stack, so that a call looks at one line and not at all of them, and so that lines which a
    quiet hour does not need fall silent and are closed.

    Args:
        origin: where the lines lead.
        tls: the certificates that are trusted; None for an open line.
        most: how many lines there may be.
        timeouts: how long each step may take.
        max_bytes: the largest answer that is read, unpacked.
    """

    def __init__(
        self, origin: Origin, *, tls: ssl.SSLContext | None, most: int, timeouts: Timeouts, max_bytes: int
    ) -> None:
        self._origin = origin
        self._tls = tls
        if tls is not None:
            tls.set_alpn_protocols(["http/1.1"])
        self._timeouts = timeouts
        self._max_bytes = max_bytes
        self._room = asyncio.Semaphore(most)
        self._open: set[Line] = set()
        self._idle: list[Line] = []
        self._emptied = asyncio.Event()
        self._closed = False
        self._sweeper: asyncio.TimerHandle | None = None

    async def exchange(
        self, address: Address, headers: Mapping[str, str], *, sending: Sending, within: float
    ) -> Received:
        """Send one request and read the whole answer.

        Raises:
            httpx2.TransportError: no whole answer came.
            httpx2.DecodingError: the answer cannot be unpacked.
            UnexpectedAnswer: the answer is too large.
        """
        steps, question = self._timeouts, address.question
        pairs = [(b"Host", self._origin.authority)]
        try:
            pairs += [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
        except UnicodeEncodeError:  # its words quote the header
            raise httpx2.LocalProtocolError("a header is not ASCII") from None
        await self._enter(min(steps.pool, within / 3))
        try:
            line = self._quiet_line() or await self._new_line(min(steps.connect, within / 2))
            try:
                received = await line.exchange(
                    question.method,
                    address.target,
                    pairs,
                    question.body,
                    sending=sending,
                    read=steps.read,
                    write=steps.write,
                )
            except BaseException:
                line.abort()
                raise
            if line.renew():
                self._keep(line)
            else:
                line.abort()
        finally:
            self._room.release()
        if "content-encoding" in received.headers:
            return await unpacked(received, self._max_bytes)
        return received

    async def _enter(self, patience: float) -> None:
        if not self._room.locked():
            await self._room.acquire()  # at once: no timer is worth its price here
            return
        try:
            async with asyncio.timeout(patience):
                await self._room.acquire()
        except TimeoutError:
            raise httpx2.PoolTimeout("no connection is free") from None

    def _quiet_line(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.quiet:
                return line
            line.abort()
        return None

    async def _new_line(self, patience: float) -> Line:
        origin = self._origin
        try:
            async with asyncio.timeout(patience):
                _, line = await asyncio.get_running_loop().create_connection(
                    lambda: Line(most=self._max_bytes, lost=self._lost),
                    sock=await dial(origin.host, origin.port),
                    ssl=self._tls,
                    server_hostname=origin.host if self._tls else None,
                )
        except TimeoutError as error:
            raise httpx2.ConnectTimeout("no connection in time") from error
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("no connection") from error
        if not line.gone:
            self._open.add(line)
        if self._closed:
            line.abort()
        return line

    def _keep(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        line.idle_since = loop.time()
        self._idle.append(line)
        if self._sweeper is None:
            self._sweeper = loop.call_later(_IDLE, self._sweep)

    def _sweep(self) -> None:
        """Close what nobody used for long; the lines at the bottom of the stack are the oldest."""
        loop = asyncio.get_running_loop()
        oldest = loop.time() - _IDLE
        tired = [line for line in self._idle if line.idle_since <= oldest]
        self._idle = [line for line in self._idle if line.idle_since > oldest]
        for line in tired:
            line.abort()
        due = self._idle[0].idle_since + _IDLE if self._idle else None
        self._sweeper = None if due is None else loop.call_at(due, self._sweep)

    def _lost(self, line: Line) -> None:
        self._open.discard(line)
        if line in self._idle:
            self._idle.remove(line)
        if not self._open:
            self._emptied.set()

    async def aclose(self) -> None:
        """Close every line, and wait until their sockets are given back."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        self._idle.clear()
        if not self._open:
            return
        self._emptied.clear()
        for line in tuple(self._open):
            line.abort()
        await self._emptied.wait()
