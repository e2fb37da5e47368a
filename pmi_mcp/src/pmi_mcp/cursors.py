"""Where a listing over several venues goes on: one text, opaque to those who carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pmi_core.errors import RequestError

__all__ = ["START", "Place", "read_cursor", "write_cursor"]

_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in one venue's listing: its page, and how many rows of that page are done."""

    cursor: str | None = None
    skip: int = 0


START = Place()


def write_cursor(places: Mapping[str, Place]) -> str | None:
    """Print where each venue goes on; None when nothing is left anywhere."""
    return urlencode({name: f"{place.skip}.{place.cursor or ''}" for name, place in places.items()}) or None


def read_cursor(text: str) -> dict[str, Place]:
    """Read what :func:`write_cursor` printed.

    Raises:
        RequestError: the text is something else.
    """
    places: dict[str, Place] = {}
    if len(text) <= _LONGEST:
        for name, place in parse_qsl(text):
            skip, dot, cursor = place.partition(".")
            if not dot or not skip.isdecimal() or len(skip) > 6:
                places.clear()
                break
            places[name] = Place(cursor or None, int(skip))
    if not places:
        raise RequestError(
            f"{text[:40]!r} is not a cursor",
            hint="give back the cursor of the last answer as it was, or none",
        )
    return places
