"""Taking the compression off a whole answer, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx2

from pmi_core.transport.received import Body, Received

__all__ = ["unpacked"]

_PIECE: Final = 16 * 1024


class _Pieces(httpx2.SyncByteStream):
    """A body in pieces so small that no one of them can unpack into more than can be held."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]


def unpacked(received: Received, most: int) -> Received:
    """The answer without its compression, by the decoders of the network library.

    Args:
        received: the answer as it stood on the wire.
        most: the largest body that may come out.

    Raises:
        httpx2.DecodingError: the compression is broken.
        UnexpectedAnswer: what comes out is too large.
    """
    kinds = {"content-encoding": received.headers["content-encoding"]}
    body = Body(most)
    for piece in httpx2.Response(received.status, headers=kinds, stream=_Pieces(received.body)).iter_bytes():
        body.add(piece)
    return Received(received.status, received.headers, body.whole())
