"""One open socket: the only place that touches the network library."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pmi_core._version import __version__
from pmi_core.clock import Clock
from pmi_core.errors import PmiError, SettingsError, UnexpectedAnswer, Unreachable
from pmi_core.transport.redaction import scrub
from pmi_core.transport.signing import Signer, Unsigned, sign
from pmi_core.transport.socket.dialect import Message
from pmi_core.transport.statuses import ReadError, refusal

if TYPE_CHECKING:
    from pmi_core.transport.socket.handing import Handing

__all__ = ["Ended", "Wire", "check_address", "open_wire"]

_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Ended(Exception):
    """The connection is over."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Wire:
    """One open connection."""

    def __init__(self, connection: Handing, goodbye: float) -> None:
        self._connection = connection
        self._goodbye = goodbye

    @property
    def messages(self) -> int:
        """How many messages were handed over."""
        return self._connection.messages

    async def read(self, take: Callable[[bytes], None], arrive: Callable[[], None]) -> None:
        """Hand over every message the moment it is whole, text as its bytes, until there are no more.

        ``take`` is called where the bytes arrive: there is no queue in between to fall behind.
        ``arrive`` is called once before the messages that came in one piece.

        Raises:
            Ended: the connection is over.
            Exception: what ``take`` raised; nothing more is handed over.
        """
        from websockets.exceptions import ConnectionClosed

        self._connection.hand_over(take, arrive)
        try:
            await asyncio.shield(self._connection.failure)
        except ConnectionClosed as closed:
            raise _ended(closed) from None

    async def send(self, message: Message) -> None:
        """Send one message.

        Raises:
            Ended: the connection is over.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            await self._connection.send(message)
        except ConnectionClosed as closed:
            raise _ended(closed) from None

    async def ping(self) -> Awaitable[float]:
        """Send a ping of the protocol; what is given ends when it is answered.

        Raises:
            Ended: the connection is over.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            return await self._connection.ping()
        except ConnectionClosed as closed:
            raise _ended(closed) from None

    async def close(self) -> None:
        """Say goodbye, for no longer than was said when it was opened, and drop the connection."""
        try:
            # The library's own limit begins only once everything before the goodbye was taken.
            async with asyncio.timeout(2 * self._goodbye):
                await self._connection.close()
        except TimeoutError:
            pass
        finally:
            self._connection.transport.abort()


def _ended(closed: Any) -> Ended:
    received = closed.rcvd
    return Ended(None, "") if received is None else Ended(received.code, received.reason)


def check_address(url: str, *, venue: str, secret: bool) -> None:
    """Refuse an address that is none, or that would carry a key over an open line.

    Raises:
        SettingsError: with what is wrong.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or parts.username or parts.fragment:
        raise SettingsError(
            f"the socket address of venue {venue!r} must be like wss://host/path", venue=venue
        )
    if secret and parts.scheme == "ws" and parts.hostname not in _HERE:
        raise SettingsError(
            f"venue {venue!r} would send its key over an open line to {parts.hostname}",
            hint="use a wss address",
            venue=venue,
        )


async def open_wire(
    url: str,
    *,
    venue: str,
    signer: Signer | None,
    clock: Clock,
    headers: Mapping[str, str],
    read_error: ReadError | None,
    within: float,
    goodbye: float,
) -> Wire:
    """Connect and shake hands, with fresh proof of who asks.

    Raises:
        PmiError: there is no connection; the class says whether trying again may help.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus

    from pmi_core.transport.socket.handing import Handing

    class Direct(connect):
        """Follows no redirect, so that no key travels elsewhere."""

        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc

    parts = urlsplit(url)
    proof: Mapping[str, str] = {}
    if signer is not None:
        proof = await sign(signer, Unsigned("GET", parts.path or "/", parts.query, b"", clock.now()))
    try:
        connection: Any = await Direct(
            url,
            additional_headers={**headers, **proof},
            user_agent_header=f"pmi-core/{__version__}",
            compression=None,
            proxy=None if parts.hostname in _HERE else True,
            open_timeout=within,
            close_timeout=goodbye,
            ping_interval=None,
            max_size=Handing.max_bytes,
            max_queue=None,
            create_connection=Handing,
        )
    except InvalidStatus as error:
        answer = error.response
        status, body = answer.status_code, bytes(answer.body or b"")
        told = {name.lower(): value for name, value in answer.headers.raw_items()}
        now = clock.now()
        said = read_error(status, told, body) if read_error is not None else None
        refused = said or refusal(status, told, body, signed=signer is not None, now=now)
        scrub(refused, proof.values())
        raise _placed(refused, venue) from None
    except InvalidMessage:
        raise _placed(Unreachable(f"{parts.hostname} broke the handshake off"), venue) from None
    except InvalidHandshake as error:
        failure = UnexpectedAnswer(
            f"{parts.hostname} does not speak the socket protocol ({type(error).__name__})"
        )
        raise _placed(failure, venue) from None
    except (OSError, TimeoutError, EOFError) as error:
        raise _placed(_unreachable(error, parts.hostname or url), venue) from None
    return Wire(connection, goodbye)


def _unreachable(error: Exception, host: str) -> Unreachable:
    match error:
        case TimeoutError():
            return Unreachable(f"no connection to {host} in time", hint="check the network")
        case socket.gaierror():
            return Unreachable(
                f"the name of {host} could not be resolved", hint="check the network and the address"
            )
        case ssl.SSLCertVerificationError():
            return Unreachable(f"the TLS certificate of {host} is not trusted ({error.verify_message})")
        case ConnectionRefusedError():
            return Unreachable(
                f"{host} refused the connection", hint="check the address and that the venue is up"
            )
        case _:
            return Unreachable(f"no connection to {host} ({type(error).__name__})", hint="check the network")


def _placed(error: PmiError, venue: str) -> PmiError:
    error.venue = error.venue or venue
    error.capability = error.capability or "stream"
    return error
