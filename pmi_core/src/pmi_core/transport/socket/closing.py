"""What the end of a connection means."""

from __future__ import annotations

from typing import Final

from pmi_core.errors import (
    AccessError,
    BadKey,
    BusyError,
    PermissionDenied,
    PluginError,
    PmiError,
    RequestError,
    SettingsError,
    Unreachable,
    VenueError,
)

__all__ = ["is_fatal", "meaning"]

_WORDS: Final = {
    1000: "it said goodbye",
    1001: "it is going away",
    1002: "it found the protocol broken",
    1003: "it does not take such data",
    1007: "it found the data broken",
    1008: "its policy was broken",
    1009: "a message was too large",
    1011: "it failed",
    1012: "it restarts",
    1013: "it asks to come back later",
    1014: "a gateway before it failed",
}


def meaning(code: int | None, reason: str) -> PmiError:
    """The neutral error for a close code; None is a connection that broke off without any.

    Codes with a meaning of their own follow RFC 6455 and the registry of close codes at IANA; the rest
    (4000 to 4999 are each venue's own) says nothing certain, so it counts as passing.
    """
    said = f" ({_plain(reason)})" if _plain(reason) else ""
    if code is None or code in {1005, 1006}:
        return Unreachable(f"the connection broke off{said}", code=None if code is None else str(code))
    text = f"the venue closed the connection with code {code}: {_WORDS.get(code, 'for a reason of its own')}{said}"
    if code == 3000:
        return BadKey(text, code=str(code), hint="check the key in the venue's settings")
    if code == 3003:
        return PermissionDenied(text, code=str(code))
    if code == 1013:
        return BusyError(text, code=str(code))
    return VenueError(text, code=str(code))


def is_fatal(error: PmiError) -> bool:
    """Whether opening the connection anew cannot help."""
    return isinstance(error, AccessError | RequestError | SettingsError | PluginError)


def _plain(reason: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())[:120]
