"""What a status that is not a success means, where the venue's provider does not know better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from pmi_core.errors import (
    BadKey,
    BusyError,
    GeoRestricted,
    NotFound,
    PermissionDenied,
    PmiError,
    RequestError,
    UnexpectedAnswer,
    VenueError,
)
from pmi_core.transport.redaction import excerpt
from pmi_core.transport.retry import read_retry_after

__all__ = ["ReadError", "not_data", "refusal", "wait_asked_for"]

ReadError = Callable[[int, Mapping[str, str], bytes], PmiError | None]
"""A provider's reading of a refusal: status, headers, body -> error, or None for the default."""

_JSON_STARTS: Final = tuple(bytes([letter]) for letter in b'{["-0123456789tfn')
_Meaning = tuple[type[PmiError], str, str | None]
_KEY_WANTED: Final[_Meaning] = (
    PermissionDenied,
    "the venue wants a key for this",
    "set the venue's key in its settings",
)
_MEANINGS: Final[dict[int, _Meaning]] = {
    401: (BadKey, "the venue does not accept the key or its signature", None),
    403: (PermissionDenied, "the venue does not allow this", None),
    404: (NotFound, "the venue knows no such thing", None),
    408: (VenueError, "the request did not reach the venue in time", None),
    410: (RequestError, "the venue has withdrawn this", "look for a newer version of the provider"),
    451: (GeoRestricted, "the venue refuses requests from this place", None),
}


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, signed: bool, now: datetime) -> PmiError:
    """The neutral error for a status outside 200..299."""
    wait = wait_asked_for(headers, now)
    if status in {425, 429} or (status == 503 and wait is not None):
        return BusyError(
            f"the venue asks to slow down{_telling(headers, body)}", code=str(status), retry_after=wait
        )
    if status < 400:
        target = urlsplit(headers.get("location", "")).hostname
        return UnexpectedAnswer(
            f"the venue answers with status {status}{f' and points to {target}' if target else ''}",
            code=str(status),
            hint="redirects are not followed, so that no key travels elsewhere; check the venue's address",
        )
    if status == 401 and not signed:
        kind, meaning, hint = _KEY_WANTED
    elif status in _MEANINGS:
        kind, meaning, hint = _MEANINGS[status]
    elif status < 500:
        kind, meaning, hint = RequestError, f"the venue refuses the request (status {status})", None
    else:
        kind, meaning, hint = VenueError, f"the venue failed (status {status})", None
    return kind(f"{meaning}{_telling(headers, body)}", code=str(status), hint=hint)


def _telling(headers: Mapping[str, str], body: bytes) -> str:
    said = "a web page instead of data" if _is_page(headers, body) else excerpt(body)
    return f": {said}" if said else ""


def not_data(headers: Mapping[str, str], body: bytes, *, empty_is_fine: bool) -> str | None:
    """What a good status came with where JSON was expected; None when it may be JSON."""
    start = body.lstrip()[:64]
    if not start:
        return None if empty_is_fine and not body else "the answer is empty where data was expected"
    if _is_page(headers, body):
        return "the answer is a web page where data was expected"
    if start[:1] not in _JSON_STARTS:
        return f"the answer is not JSON; it begins with {excerpt(body)[:60]!r}"
    return None


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("content-type", "") or body[:64].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    )


def wait_asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the venue asks to wait; a date is counted from the venue's own clock if it tells it."""
    asked = headers.get("retry-after")
    if asked is None:
        return None
    try:
        told = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        told = now
    return read_retry_after(asked, now=told if told.tzinfo else told.replace(tzinfo=UTC))
