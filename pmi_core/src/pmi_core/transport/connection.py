"""The connections to one venue: bytes out, bytes in, within bounds of time and size."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pmi_core.errors import PmiError, RequestError, UnexpectedAnswer, Unreachable
from pmi_core.transport.failures import Sending, never_left, reason
from pmi_core.transport.question import Question
from pmi_core.transport.redaction import excerpt

if TYPE_CHECKING:
    import httpx2

__all__ = ["MAX_BYTES", "Connection", "Received", "Timeouts"]

MAX_BYTES: Final = 64 * 1024 * 1024
_CONNECTIONS: Final = 100
_KEPT: Final = 10
"""Idle connections that stay open; the library looks at every one of them at each request."""
_FOR_WRITES: Final = 20
"""Connections that slow reads can never hold, so that a cancel always finds one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds that each step of one attempt may take."""

    connect: float = 5.0
    read: float = 15.0
    """Between two pieces of the answer."""
    write: float = 10.0
    pool: float = 5.0
    """Until a connection is free."""
    total: float = 30.0
    """Everything together."""


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One connection pool, opened in the running loop when it is first used."""

    def __init__(self, *, tls: bool, timeouts: Timeouts, max_bytes: int, transport: Any = None) -> None:
        self._tls = tls
        self._timeouts = timeouts
        self._max_bytes = max_bytes
        self._transport = transport
        self._client: httpx2.AsyncClient | None = None
        self._reading = asyncio.Semaphore(_CONNECTIONS - _FOR_WRITES)
        self._closed = False

    async def exchange(
        self, question: Question, url: httpx2.URL, headers: Mapping[str, str], *, within: float
    ) -> Received:
        """Send one request and read the whole answer.

        Raises:
            Unreachable: no answer came, and for a write nothing was carried out.
            UncertainError: no whole answer came to a write that must not be repeated.
            UnexpectedAnswer: the answer is too large or cannot be unpacked.
        """
        import httpx2

        client = self._client or self._open()
        steps = self._timeouts
        within = min(steps.total, within)
        extensions: dict[str, Any] = {
            "timeout": {
                # The library leaves a connection open that is cancelled while it is made, so its own
                # limits (for the pool, then TCP, then TLS) come before the total.
                "connect": min(steps.connect, within / 3),
                "pool": min(steps.pool, within / 3),
                "read": steps.read,
                "write": steps.write,
            }
        }
        sending = Sending()
        if not question.repeatable:
            extensions["trace"] = sending
        request = httpx2.Request(
            question.method, url, headers=headers, content=question.body, extensions=extensions
        )
        request.url = url  # keeps the class that prints itself without secrets
        try:
            async with (
                asyncio.timeout(within),
                self._reading if question.method == "GET" else nullcontext(),
            ):
                response = await client.send(request, stream=True, auth=None, follow_redirects=False)
                try:
                    body = await self._read(response)
                finally:
                    await response.aclose()
        except httpx2.DecodingError:
            raise question.judged(UnexpectedAnswer("the answer's compression is broken")) from None
        except PmiError as error:
            raise question.judged(error) from None
        except (httpx2.TransportError, OSError) as error:
            sentence, hint = reason(error, url, proxies=self._transport is None)
            failure = Unreachable(sentence, hint=hint)
            watched = self._transport is None
            left = sending.may_have_left if watched else not never_left(error)
            raise (question.judged(failure) if left else question.placed(failure)) from error
        return Received(response.status_code, response.headers, body)

    async def _read(self, response: httpx2.Response) -> bytes:
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self._max_bytes:
            raise self._too_large(int(announced), b"")
        pieces: list[bytes] = []
        size = 0
        async for piece in response.aiter_bytes():
            size += len(piece)
            if size > self._max_bytes:
                raise self._too_large(size, pieces[0] if pieces else piece)
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _too_large(self, size: int, start: bytes) -> UnexpectedAnswer:
        beginning = f"; it begins with {excerpt(start)[:60]!r}" if start else ""
        return UnexpectedAnswer(
            f"the answer is too large: {size} bytes or more, at most {self._max_bytes} are read{beginning}",
            hint="ask for less at once",
        )

    def _open(self) -> httpx2.AsyncClient:
        import httpx2

        if self._closed:
            raise RequestError("the venue is closed", hint="open it again")
        # Reading the system's certificates takes most of the opening; an open line to this machine, from
        # which no redirect leads away, needs none.
        verify = True if self._tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._client = httpx2.AsyncClient(
            transport=self._transport,
            verify=verify,
            limits=httpx2.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_KEPT, keepalive_expiry=30.0
            ),
            follow_redirects=False,
        )
        return self._client

    async def aclose(self) -> None:
        """Give the connections back; may be called twice."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
