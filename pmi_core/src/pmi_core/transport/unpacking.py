"""Taking the compression off a whole answer, within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import httpx2

from pmi_core.transport.received import Body, Received

__all__ = ["unpacked"]

_PIECE: Final = 16 * 1024


class _Pieces(httpx2.AsyncByteStream):
    """A body in pieces, each so small that what it unpacks into can be held and takes no time worth naming."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            if start:
                await asyncio.sleep(0)  # others go on while a large answer is unpacked
            yield self._body[start : start + _PIECE]


async def unpacked(received: Received, most: int) -> Received:
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
    packed = httpx2.Response(received.status, headers=kinds, stream=_Pieces(received.body))
    async for piece in packed.aiter_bytes():
        body.add(piece)
    return Received(received.status, received.headers, body.whole())
