"""Pages of the venue's own listings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Generic, TypeVar
from uuid import UUID

from pmi_core.errors import RequestError, UnexpectedAnswer

__all__ = ["CENT", "CENTI_CENT", "Listing", "limit_of", "moment_of", "seconds_of", "uuid_of"]

CENT: Final = Decimal("0.01")
CENTI_CENT: Final = Decimal("0.0001")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """Some rows, and the venue's cursor to the next ones; None at the end."""

    rows: tuple[Row, ...]
    cursor: str | None = None


def limit_of(limit: int, most: int) -> int:
    """Check a number of rows.

    Raises:
        RequestError: the venue would refuse it.
    """
    if not 1 <= limit <= most:
        raise RequestError(f"limit is a number from 1 to {most}, not {limit}")
    return limit


def moment_of(seconds: int) -> datetime:
    """Seconds since 1970 as a moment.

    Raises:
        UnexpectedAnswer: no calendar has it.
    """
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise UnexpectedAnswer(f"{seconds} is no moment of any calendar") from None


def seconds_of(moment: datetime | None) -> int | None:
    """Whole seconds since 1970.

    Raises:
        RequestError: the moment has no zone.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise RequestError("a moment needs a zone; give an aware datetime")
    return int(moment.timestamp())


def uuid_of(text: str) -> str:
    """Check an id that the venue takes only as a UUID.

    Raises:
        RequestError: it is none.
    """
    try:
        UUID(text)
    except ValueError:
        raise RequestError(f"{text[:60]!r} is no UUID", hint="make one before sending and keep it") from None
    return text
