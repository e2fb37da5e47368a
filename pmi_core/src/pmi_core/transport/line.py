"""One connection to a venue: one request after the other, in the words of HTTP/1.1."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import h11
import httpx2

from pmi_core.errors import UnexpectedAnswer
from pmi_core.transport.received import Body, Headers, Received

if TYPE_CHECKING:
    from pmi_core.transport.failures import Sending

__all__ = ["Line"]

_LARGEST_HEAD: Final = 100 * 1024
"""Bytes that the head of an answer may have."""


class Line(asyncio.Protocol):
    """Carries one exchange at a time; whoever breaks one off has to abort the line.

    Args:
        most: the largest body that is read.
        lost: told once when the line is gone.
    """

    def __init__(self, *, most: int, lost: Callable[[Line], None]) -> None:
        self.idle_since = 0.0
        self.gone = False
        self._most = most
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._wire = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Received] | None = None
        self._head: h11.Response | None = None
        self._body = Body(most)
        self._timer: asyncio.TimerHandle | None = None
        self._read_within = self._write_within = 0.0
        self._heard = 0.0
        self._clogged = False

    async def exchange(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[bytes, bytes]],
        content: bytes | None,
        *,
        sending: Sending,
        read: float,
        write: float,
    ) -> Received:
        """Send a request and read the whole answer, still packed where the venue packed it.

        Args:
            method: upper case.
            target: path and query as they stand on the wire.
            headers: all but the content's length.
            content: the body; None for none.
            sending: learns when the first byte may leave.
            read: seconds that may pass between two pieces of the answer.
            write: seconds that sending may take.

        Raises:
            httpx2.TransportError: no whole answer came.
            UnexpectedAnswer: the answer is too large.
        """
        message = self._written(method, target, headers, content)
        transport = self._transport
        if transport is None or self.gone or transport.is_closing():
            raise httpx2.ConnectError("the connection was closed before anything was sent")
        answer = self._answer = self._loop.create_future()
        self._head, self._body = None, Body(self._most)
        self._read_within, self._write_within = read, write
        sending.may_have_left = True
        transport.write(message)
        self._heard = self._loop.time()
        self._timer = self._loop.call_at(self._heard + (write if self._clogged else read), self._watch)
        try:
            received: Received = await answer
        finally:
            self._answer = None
            self._timer.cancel()
        return received

    def renew(self) -> bool:
        """Make the line ready for another request; False if none may follow the answer that was read."""
        wire, transport = self._wire, self._transport
        if wire.our_state is not h11.DONE or wire.their_state is not h11.DONE or wire.trailing_data[0]:
            return False
        if self.gone or transport is None or transport.is_closing() or self._clogged:
            return False
        wire.start_next_cycle()
        return True

    @property
    def quiet(self) -> bool:
        """Whether nothing came since the line fell idle: not even the news that the venue closed it."""
        if self.gone or self._transport is None or self._transport.is_closing():
            return False
        return not _readable(self._transport.get_extra_info("socket"))

    def abort(self) -> None:
        """Close at once; what was under way fails."""
        self._fail(httpx2.ReadError("the connection was closed on this side"))
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the network's end of the line."""
        self._transport = made = cast(asyncio.Transport, transport)
        made.set_write_buffer_limits(high=1)  # so that "clogged" means that something is left to send

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the line is gone."""
        if exc is None:
            self.eof_received()
        self.gone = True
        self._fail(httpx2.ReadError("the connection broke"))
        self._lost(self)

    def pause_writing(self) -> None:
        """Note that the network does not take everything at once."""
        self._clogged = True

    def resume_writing(self) -> None:
        """Note that all is sent; only now the venue's time to answer begins."""
        self._clogged = False
        self._heard = self._loop.time()
        if self._answer is not None and self._timer is not None:
            self._timer.cancel()
            self._timer = self._loop.call_at(self._heard + self._read_within, self._watch)

    def data_received(self, data: bytes) -> None:
        """Take in a piece of the answer."""
        if self._answer is None:
            self.abort()  # what nobody asked for would be taken for the next answer
            return
        self._heard = self._loop.time()
        self._take_in(data)

    def eof_received(self) -> None:
        """Note that the venue says no more, which may be how it ends an answer."""
        if self._answer is not None:
            self._take_in(b"")
            self._fail(httpx2.RemoteProtocolError("the venue closed the connection"))

    def _written(
        self, method: str, target: str, headers: Sequence[tuple[bytes, bytes]], content: bytes | None
    ) -> bytes:
        if content is not None or method in {"POST", "PUT", "PATCH"}:
            headers = [*headers, (b"Content-Length", b"%d" % len(content or b""))]
        try:
            request = h11.Request(method=method, target=target, headers=cast(Any, headers))
            pieces = [self._wire.send(request)]
            if content:
                pieces.append(self._wire.send(h11.Data(data=content)))
            pieces.append(self._wire.send(h11.EndOfMessage()))
        except h11.LocalProtocolError:  # its words may quote a header
            raise httpx2.LocalProtocolError("the request is no HTTP") from None
        return b"".join(piece for piece in pieces if piece)

    def _take_in(self, data: bytes) -> None:
        wire = self._wire
        try:
            wire.receive_data(data)
            while True:
                event = wire.next_event()
                kind = type(event)
                if kind is h11.Data:
                    self._body.add(bytes(cast(h11.Data, event).data))
                elif kind is h11.Response:
                    self._head = head = cast(h11.Response, event)
                    for name, value in head.headers:
                        if name == b"content-length":
                            self._body.announced(value.decode("ascii"))
                elif kind is h11.EndOfMessage:
                    self._finish()
                    return
                elif kind is not h11.InformationalResponse:
                    return  # more data is needed, or the line is at its end
        except h11.RemoteProtocolError:  # its words may quote the answer
            self._fail(httpx2.RemoteProtocolError("the answer is no HTTP"))
        except UnexpectedAnswer as error:
            self._fail(error)

    def _finish(self) -> None:
        answer, head = self._answer, self._head
        if head is not None and answer is not None and not answer.done():
            answer.set_result(Received(head.status_code, Headers(head.headers), self._body.whole()))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _watch(self) -> None:
        """Give up where nothing moved for too long; look again where something did."""
        within = self._write_within if self._clogged else self._read_within
        due = self._heard + within
        if self._loop.time() < due:
            self._timer = self._loop.call_at(due, self._watch)
        elif self._clogged:
            self._fail(httpx2.WriteTimeout("the request was not taken in time"))
        else:
            self._fail(httpx2.ReadTimeout("the answer did not come in time"))


def _readable(sock: Any) -> bool:
    """Whether something waits to be read, without waiting; a socket that is gone reads as its end."""
    number = -1 if sock is None else sock.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
