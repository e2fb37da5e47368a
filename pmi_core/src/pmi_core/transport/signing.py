"""What a venue supplies so that its requests carry proof of who sent them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pmi_core.errors import BadKey, PmiError

__all__ = ["Signer", "Unsigned", "sign"]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A request exactly as it will stand on the wire, before its proof is added."""

    method: str
    """Upper case."""
    path: str
    """From the root of the host, percent-encoded, without the query."""
    query: str
    """Percent-encoded, without the question mark; empty when there is none."""
    body: bytes
    now: datetime
    """The moment of signing, aware, in UTC."""


class Signer(Protocol):
    """The only part of a venue that sees its key."""

    @property
    def blocking(self) -> bool:
        """Whether :meth:`sign` takes long enough to be run in a thread (an RSA key, a device)."""
        ...

    def sign(self, request: Unsigned) -> Mapping[str, str] | Awaitable[Mapping[str, str]]:
        """Give the headers that prove the request; may be a coroutine function.

        Called again for every attempt, so that time stamps are fresh.
        """
        ...


async def sign(signer: Signer, request: Unsigned) -> Mapping[str, str]:
    """Ask the signer for its headers, in a thread where it would block the loop.

    Raises:
        BadKey: the signer failed; only the kind of the failure is told, because the text of a
            cryptographic error may quote the key.
    """
    try:
        if signer.blocking:
            made = await asyncio.to_thread(signer.sign, request)
        else:
            made = signer.sign(request)
        if inspect.isawaitable(made):
            return await made
        return made
    except PmiError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a key or a device raises means the same to the caller
        raise BadKey(
            f"the request could not be signed ({type(error).__name__})",
            hint="check the key in the venue's settings",
        ) from None
