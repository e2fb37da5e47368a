"""The WebSocket connections: let in with a signature, fed, kept alive, closed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any, Final

import h11
import msgspec
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from pmi_core.exchange.events import Event, GroupChanged, LevelChanged, QuoteChanged, RfqChanged, Traded
from pmi_provider_kalshi.sandbox.faults import Faults
from pmi_provider_kalshi.sandbox.feed.bulletins import (
    Bulletin,
    group_bulletin,
    lifecycle_bulletins,
    public_bulletins,
    ticker_message,
)
from pmi_provider_kalshi.sandbox.feed.private import (
    fill_bulletin,
    order_bulletin,
    position_bulletin,
    quote_bulletin,
    rfq_bulletin,
)
from pmi_provider_kalshi.sandbox.feed.session import Session
from pmi_provider_kalshi.sandbox.feed.subscriptions import TEXTS
from pmi_provider_kalshi.sandbox.names import place_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import Refusal, refusal
from pmi_provider_kalshi.sandbox.writing import millis

__all__ = ["SOCKET_PATH", "Feed"]

SOCKET_PATH: Final = "/trade-api/ws/v2"
_HEARTBEAT: Final = 10
_ROOM: Final = 10_000
_CHUNK: Final = 65_536
_GOODBYE: Final = 1
"""Real seconds in which a client may answer a close."""
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


class Feed:
    """Tells every connection what happens."""

    def __init__(self, office: Office, faults: Faults) -> None:
        self._office = office
        self._faults = faults
        self.lines: set[Line] = set()
        self.barred = False
        """Whether new connections are turned away."""
        self._opened = 0
        self._private: list[Bulletin] = []
        self._tickers: dict[str, dict[str, Any]] = {}
        office.records.watchers.append(self._watch)
        office.engine.subscribe(self._hear)

    # ---------------------------------------------------------------------------------- hearing

    def _watch(self, kind: str, row: dict[str, Any], reason: str) -> None:
        if not self.lines:
            return
        if kind == "order":
            self._private.append(order_bulletin(row, reason))
        elif kind == "fill":
            self._private.append(fill_bulletin(self._office, row))
        else:
            self._private.append(position_bulletin(self._office, row))

    def _hear(self, events: tuple[Event, ...]) -> None:
        if not self.lines:
            return
        office = self._office
        bulletins = lifecycle_bulletins(office, events) + public_bulletins(office, events)
        for event in events:
            if isinstance(event, GroupChanged) and place_of(event.account) is not None:
                bulletins.append(group_bulletin(office, event))
            elif isinstance(event, RfqChanged):
                bulletins.append(rfq_bulletin(office, event))
            elif isinstance(event, QuoteChanged):
                told = quote_bulletin(office, event)
                if told is not None:
                    bulletins.append(told)
        bulletins += self._private
        self._private.clear()
        bulletins += self._moved(events)
        for line in list(self.lines):
            for bulletin in bulletins:
                line.session.hear(bulletin)

    def _moved(self, events: tuple[Event, ...]) -> list[Bulletin]:
        """Tickers of markets whose prices or counts changed, where somebody listens."""
        touched = dict.fromkeys(
            event.market_id for event in events if isinstance(event, LevelChanged | Traded)
        )
        found = []
        for ticker in touched:
            if not any(line.session.wants("ticker", ticker) for line in self.lines):
                continue
            msg = ticker_message(self._office, ticker, events[-1].time)
            told = {name: value for name, value in msg.items() if name not in ("ts", "ts_ms", "time")}
            if self._tickers.get(ticker) != told:
                self._tickers[ticker] = told
                found.append(Bulletin("ticker", "ticker", msg, ticker))
        return found

    # ------------------------------------------------------------------------------- connecting

    async def upgrade(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: h11.Request, rest: bytes
    ) -> None:
        """Take over a connection that asks for the stream, or refuse it."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
        path = request.target.decode("latin-1").partition("?")[0]
        protocol = ServerProtocol(max_size=1_000_000)
        # the HTTP side has read the request; this side wants to read it too
        asked = Request(path, Headers(list(headers.items())))
        protocol.receive_data(asked.serialize())
        protocol.events_received()
        try:
            if path != SOCKET_PATH:
                raise refusal(404, "not_found", message="404 page not found")
            if self.barred:
                raise refusal(503, "service_unavailable")
            key = self._office.ring.check(headers, "GET", path, self._office.floor.now())
        except Refusal as error:
            body = _ENCODER.encode(error.body)
            fields = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            protocol.send_response(Response(error.status, "", fields, body))
            await _flush(protocol, writer)
            return
        protocol.send_response(protocol.accept(asked))
        await _flush(protocol, writer)
        if protocol.state is not State.OPEN:
            return
        self._opened += 1
        line = Line(self._opened, self._office, self._faults, protocol, reader, writer)
        line.session = Session(self._office, key, line.post)
        self.lines.add(line)
        try:
            await line.run(rest)
        finally:
            self.lines.discard(line)

    def cut(self, line: Line, code: int | None, reason: str) -> None:
        """End a connection, which hears nothing more."""
        self.lines.discard(line)
        line.cut(code, reason)


async def _flush(protocol: ServerProtocol, writer: asyncio.StreamWriter) -> None:
    for data in protocol.data_to_send():
        if data:
            writer.write(data)
        elif writer.can_write_eof():
            writer.write_eof()
    await writer.drain()


class Line:
    """One open connection: frames in, frames out.

    Attributes:
        number: among all that were ever opened.
    """

    session: Session

    def __init__(
        self,
        number: int,
        office: Office,
        faults: Faults,
        protocol: ServerProtocol,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.number = number
        self._office = office
        self._faults = faults
        self._protocol = protocol
        self._reader = reader
        self._writer = writer
        self._waiting: deque[dict[str, Any]] = deque()
        self._news = asyncio.Event()
        self._text = bytearray()
        self._farewell: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def cut(self, code: int | None, reason: str) -> None:
        """Break off without a word, or say goodbye with a code."""
        self._waiting.clear()
        if code is None:
            self._writer.transport.abort()
        elif not self._farewell.done():
            self._farewell.set_result((code, reason))

    def post(self, frame: dict[str, Any]) -> bool:
        """Queue a frame; a subscription that no room is left for ends with an error."""
        full = len(self._waiting) >= _ROOM and "id" not in frame and "sid" in frame
        if full:
            frame = {
                "type": "error",
                "sid": frame["sid"],
                "msg": {"code": 25, "msg": TEXTS[25]},
            }
        self._waiting.append(frame)
        self._news.set()
        return not full

    async def run(self, rest: bytes) -> None:
        """Serve until the client leaves, a fault cuts the line, or the sandbox closes."""
        works = (self._listen(rest), self._tell(), self._beat(), self._part())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception) and not isinstance(ended, ConnectionError):
                    raise ended
            with contextlib.suppress(ConnectionError):
                if self._protocol.state is State.OPEN:
                    self._protocol.send_close(1001)
                    await _flush(self._protocol, self._writer)

    async def _listen(self, rest: bytes) -> None:
        data = rest
        while True:
            if data:
                self._protocol.receive_data(data)
                for event in self._protocol.events_received():
                    if isinstance(event, Frame):
                        self._take(event)
                await _flush(self._protocol, self._writer)
                if self._protocol.state is not State.OPEN:
                    return
            data = await self._reader.read(_CHUNK)
            if not data:
                self._protocol.receive_eof()
                return

    def _take(self, frame: Frame) -> None:
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):  # the rest is answered already
            return
        self._text += frame.data
        if not frame.fin:
            return
        text, self._text = bytes(self._text), bytearray()
        try:
            content = msgspec.json.decode(text)
        except msgspec.DecodeError:
            content = None
        self.session.command(content)

    async def _tell(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting and self._protocol.state is State.OPEN:
                frame = self._waiting.popleft()
                if self._faults.strikes("drop-socket"):
                    self._writer.transport.abort()
                    return
                if "sid" in frame and "id" not in frame and self._faults.strikes("skip-message"):
                    continue
                frame["sending_ts_ms"] = millis(self._office.floor.now())
                self._protocol.send_text(_ENCODER.encode(frame))
                if not self._waiting or len(self._waiting) % 64 == 0:
                    await _flush(self._protocol, self._writer)

    async def _beat(self) -> None:
        while True:
            await self._office.clock.sleep(_HEARTBEAT)
            if self._protocol.state is State.OPEN:
                self._protocol.send_ping(b"heartbeat")
                await _flush(self._protocol, self._writer)

    async def _part(self) -> None:
        """Say goodbye when told to; the client's own goodbye ends the connection, or its silence."""
        code, reason = await self._farewell
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            await _flush(self._protocol, self._writer)
        await asyncio.sleep(_GOODBYE)
