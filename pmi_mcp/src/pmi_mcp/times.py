"""Moments as people and models write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pmi_core.errors import RequestError
from pmi_core.numbers import counted

__all__ = ["moment", "seconds", "window"]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"-?(\d{1,6})([mhdw])")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def moment(text: str, now: datetime, name: str = "time") -> datetime:
    """Read ISO 8601 (UTC unless it says otherwise), ``now``, or back from now such as ``36h``.

    Raises:
        RequestError: the text is none of these, or lies beyond anything that venues know.
    """
    wanted = text.strip()
    ago = _AGO.fullmatch(wanted.lower())
    try:
        if wanted.lower() == "now":
            read = now
        elif ago:
            read = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        else:
            read = datetime.fromisoformat(wanted)
            read = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise RequestError(
            f"{name}: {text[:40]!r} is not a time",
            hint="write 2026-11-22, 2026-11-22T14:30:00Z, or 36h, 7d for back from now",
        ) from None
    if not _EARLIEST <= read <= _LATEST:
        raise RequestError(
            f"{name}: {text[:40]!r} lies outside 1990 to 2200", hint="give a year in which a venue existed"
        )
    return read


def seconds(length: float) -> str:
    """A length of time in words, in full seconds or parts of one: ``1 second``, ``2.5 seconds``."""
    return counted(Decimal(f"{length:g}"), "second")


def window(start: str | None, end: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Read a window's ends as :func:`moment` does; one that is left out is open."""
    return (
        None if start is None else moment(start, now, "start"),
        None if end is None else moment(end, now, "end"),
    )
