"""The connections to one venue: bytes out, bytes in, within bounds of time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol

from pmi_core.errors import PmiError, RequestError, UnexpectedAnswer, Unreachable
from pmi_core.transport.failures import Sending, never_left, proxy_named, reason
from pmi_core.transport.received import Received
from pmi_core.transport.timeouts import Timeouts

if TYPE_CHECKING:
    from pmi_core.transport.address import Address, Origin

__all__ = ["Connection"]

_CONNECTIONS: Final = 100
_FOR_WRITES: Final = 20
"""Connections that slow reads can never hold, so that a cancel always finds one."""


class _Road(Protocol):
    async def exchange(
        self, address: Address, headers: Mapping[str, str], *, sending: Sending, within: float
    ) -> Received: ...

    async def aclose(self) -> None: ...


class Connection:
    """The way to one host, opened in the running loop when it is first used.

    Args:
        timeouts: how long each step may take.
        max_bytes: the largest answer that is read, unpacked.
        transport: an ``httpx2.AsyncBaseTransport`` instead of the network.
    """

    def __init__(self, *, timeouts: Timeouts, max_bytes: int, transport: Any = None) -> None:
        self._timeouts = timeouts
        self._max_bytes = max_bytes
        self._transport = transport
        self._road: _Road | None = None
        self._reading = asyncio.Semaphore(_CONNECTIONS - _FOR_WRITES)
        self._closed = False

    async def exchange(
        self, origin: Origin, address: Address, headers: Mapping[str, str], *, within: float
    ) -> Received:
        """Send one request and read the whole answer.

        Raises:
            Unreachable: no answer came, and for a write nothing was carried out.
            UncertainError: no whole answer came to a write that must not be repeated.
            UnexpectedAnswer: the answer is too large or cannot be unpacked.
        """
        import httpx2

        question = address.question
        road = self._road or self._open(origin)
        within = min(self._timeouts.total, within)
        sending = Sending()
        try:
            async with (
                asyncio.timeout(within),
                self._reading if question.method == "GET" else nullcontext(),
            ):
                return await road.exchange(address, headers, sending=sending, within=within)
        except httpx2.DecodingError:
            raise question.judged(UnexpectedAnswer("the answer's compression is broken")) from None
        except PmiError as error:
            raise question.judged(error) from None
        except (httpx2.TransportError, OSError) as error:
            sentence, hint = reason(error, origin.url, proxies=self._transport is None)
            failure = Unreachable(sentence, hint=hint)
            watched = self._transport is None
            left = sending.may_have_left if watched else not never_left(error)
            raise (question.judged(failure) if left else question.placed(failure)) from error

    def _open(self, origin: Origin) -> _Road:
        import httpx2

        if self._closed:
            raise RequestError("the venue is closed", hint="open it again")
        network = self._transport is None
        tls = httpx2.create_ssl_context() if origin.tls and network else None
        bounds: dict[str, Any] = {
            "tls": tls,
            "most": _CONNECTIONS,
            "timeouts": self._timeouts,
            "max_bytes": self._max_bytes,
        }
        if network and not proxy_named(origin.url):
            from pmi_core.transport.lines import Lines

            self._road = Lines(origin, **bounds)
        else:
            from pmi_core.transport.library import Library

            self._road = Library(transport=self._transport, **bounds)
        return self._road

    async def aclose(self) -> None:
        """Give the connections back; may be called twice."""
        self._closed = True
        road, self._road = self._road, None
        if road is not None:
            await road.aclose()
