"""What is asked of a venue once: a request without an answer may have been granted all the same."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from pmi_core.errors import UncertainError, Unreachable

if TYPE_CHECKING:
    from pmi_mcp.caller import Caller

__all__ = ["request_once"]

Granted = TypeVar("Granted")


async def request_once(caller: Caller, venue: str, call: Awaitable[Granted], look: str) -> Granted:
    """Wait for something that would be made twice if it were asked for again.

    Args:
        caller: who asks.
        venue: of whom it is asked.
        call: what is asked.
        look: how to find out whether it was done.

    Raises:
        UncertainError: there was no answer.
    """
    try:
        return await caller.venues.wait(venue, call)
    except Unreachable as error:
        raise UncertainError(
            f"{error.message}; it may have been done all the same",
            venue=venue,
            hint=f"{look}; look there before asking again",
        ) from None
