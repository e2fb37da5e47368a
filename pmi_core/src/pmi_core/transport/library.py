"""The road through the network library's own client: for a transport that is given, and for proxies."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import httpx2

from pmi_core.transport.received import Body, Received
from pmi_core.transport.timeouts import Timeouts

if TYPE_CHECKING:
    from pmi_core.transport.address import Address
    from pmi_core.transport.failures import Sending

__all__ = ["Library"]

_KEPT: Final = 10
"""Idle connections that stay open; the library looks at every one of them at each request."""
_IDLE: Final = 30.0


class Library:
    """One connection pool of the network library.

    Args:
        transport: an ``httpx2.AsyncBaseTransport`` instead of the network.
        tls: the certificates that are trusted; None where no line is encrypted.
        most: how many connections there may be.
        timeouts: how long each step may take.
        max_bytes: the largest answer that is read, unpacked.
    """

    def __init__(
        self, *, transport: Any, tls: ssl.SSLContext | None, most: int, timeouts: Timeouts, max_bytes: int
    ) -> None:
        self._timeouts = timeouts
        self._max_bytes = max_bytes
        # Reading the system's certificates takes most of the opening; an open line needs none.
        self._client = httpx2.AsyncClient(
            transport=transport,
            verify=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            limits=httpx2.Limits(
                max_connections=most, max_keepalive_connections=_KEPT, keepalive_expiry=_IDLE
            ),
            follow_redirects=False,
        )

    async def exchange(
        self, address: Address, headers: Mapping[str, str], *, sending: Sending, within: float
    ) -> Received:
        """Send one request and read the whole answer.

        Raises:
            httpx2.TransportError: no whole answer came.
            httpx2.DecodingError: the answer cannot be unpacked.
            UnexpectedAnswer: the answer is too large.
        """
        steps, question, url = self._timeouts, address.question, address.url
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
        if not question.repeatable:
            extensions["trace"] = sending
        request = httpx2.Request(
            question.method, url, headers=headers, content=question.body, extensions=extensions
        )
        request.url = url  # keeps the class that prints itself without secrets
        response = await self._client.send(request, stream=True, auth=None, follow_redirects=False)
        body = Body(self._max_bytes)
        try:
            body.announced(response.headers.get("content-length", ""))
            async for piece in response.aiter_bytes():
                body.add(piece)
        finally:
            await response.aclose()
        return Received(response.status_code, response.headers, body.whole())

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()
