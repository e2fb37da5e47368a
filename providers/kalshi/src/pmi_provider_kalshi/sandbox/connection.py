"""One HTTP connection of a client: read, answer, keep alive, hand over to a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Awaitable, Callable
from typing import Any, Final

import h11
import msgspec

from pmi_core.clock import Clock
from pmi_provider_kalshi.sandbox.call import Answer
from pmi_provider_kalshi.sandbox.control import PREFIX, Control
from pmi_provider_kalshi.sandbox.faults import Faults
from pmi_provider_kalshi.sandbox.reception import Reception

__all__ = ["Connection", "Upgrade"]

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_CHUNK: Final = 65_536
_SMALL: Final = 1_400
_SLOW: Final = 3
_LARGEST: Final = 1_000_000

Upgrade = Callable[[asyncio.StreamReader, asyncio.StreamWriter, h11.Request, bytes], Awaitable[None]]
"""Takes over a connection that asks for a WebSocket; the bytes are what came after its request."""


class Connection:
    """Speaks HTTP/1.1 to one client."""

    def __init__(
        self,
        reception: Reception,
        faults: Faults,
        clock: Clock,
        upgrade: Upgrade,
        *,
        control: Control | None,
        compress: bool,
    ) -> None:
        self._reception = reception
        self._control = control
        self._faults = faults
        self._clock = clock
        self._upgrade = upgrade
        self._compress = compress

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the client leaves or a fault cuts the line."""
        wire = h11.Connection(h11.SERVER)
        try:
            while True:
                request, content = await self._read(wire, reader)
                if request is None:
                    return
                headers = [(name, value.lower()) for name, value in request.headers]
                if (b"upgrade", b"websocket") in headers:
                    await self._upgrade(reader, writer, request, wire.trailing_data[0])
                    return
                if not await self._answer(wire, writer, request, content):
                    return
                if wire.our_state is not h11.DONE or wire.their_state is not h11.DONE:
                    return
                wire.start_next_cycle()
        except (ConnectionError, h11.RemoteProtocolError):  # the client left, or speaks no HTTP
            return
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def _read(
        self, wire: h11.Connection, reader: asyncio.StreamReader
    ) -> tuple[h11.Request | None, bytes]:
        request: h11.Request | None = None
        content = bytearray()
        while True:
            event = wire.next_event()
            if event is h11.NEED_DATA:
                wire.receive_data(await reader.read(_CHUNK))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                content += event.data
                if len(content) > _LARGEST:
                    return None, b""
            elif isinstance(event, h11.EndOfMessage):
                return request, bytes(content)
            elif event is h11.PAUSED and request is not None:  # asks to change the protocol
                return request, b""
            else:
                return None, b""

    async def _answer(
        self, wire: h11.Connection, writer: asyncio.StreamWriter, request: h11.Request, content: bytes
    ) -> bool:
        """Answer one call; False where the line was cut."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}
        method, target = request.method.decode("ascii"), request.target.decode("latin-1")
        if self._control is not None and target.startswith(PREFIX):
            await self._send(wire, writer, self._control.answer(method, target, content), headers)
            return True
        faults = self._faults
        if faults.strikes("drop-call"):
            return False
        if faults.strikes("error-500"):
            answer = Answer(
                500, {"error": {"code": "internal_server_error", "message": "internal server error"}}
            )
        elif faults.strikes("error-503"):
            answer = Answer(503, {"error": {"code": "service_unavailable", "message": "service unavailable"}})
        else:
            answer = self._reception.answer(method, target, headers, content)
        if faults.strikes("slow"):
            await self._clock.sleep(_SLOW)
        if faults.strikes("drop-answer"):
            return False
        await self._send(wire, writer, answer, headers)
        return True

    async def _send(
        self,
        wire: h11.Connection,
        writer: asyncio.StreamWriter,
        answer: Answer,
        headers: dict[str, str],
    ) -> None:
        body = b"" if answer.body is None else _ENCODER.encode(answer.body)
        fields: list[tuple[str, Any]] = [("content-type", "application/json")] if body else []
        if self._compress and len(body) > _SMALL and "gzip" in headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            fields += [("content-encoding", "gzip"), ("vary", "accept-encoding")]
        if answer.status != 204:
            fields.append(("content-length", str(len(body))))
        # the same clock as everywhere else: a client measures its own against it
        now = self._clock.now()
        fields.append(("date", now.strftime("%a, %d %b %Y %H:%M:%S GMT")))
        data = wire.send(h11.Response(status_code=answer.status, headers=fields)) or b""
        if body:
            data += wire.send(h11.Data(data=body)) or b""
        data += wire.send(h11.EndOfMessage()) or b""
        writer.write(data)
        await writer.drain()
