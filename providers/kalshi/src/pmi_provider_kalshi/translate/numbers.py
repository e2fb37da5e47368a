"""Fixed-point text into exact numbers, each text read once.

The venue writes zeros where it means that there is nothing: a bid of ``0.0000`` is no bid, an
ask of ``1.0000`` is no ask (and in a fresh market ``0.0000`` too), a last price of ``0.0000`` is
no trade.  No order and no trade stands at 0 or 1, so those two are never quotes.  Markets past
trading were recorded with negative sizes beside left-over prices: those are no quotes either.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pmi_core.numbers import ONE, WIDE, ZERO, plain

__all__ = [
    "can_be_sent",
    "contracts",
    "count",
    "dollars",
    "fixed",
    "milliseconds",
    "moment",
    "number",
    "price",
    "quote",
    "seconds",
    "size",
    "time",
    "units",
]

_FIXED: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 24
_DIGITS: Final = 15
_MOST: Final = Decimal(10) ** _DIGITS
"""Longer numbers are not read, so none is sent either."""
_NONE_AT_ALL: Final = Decimal("0.00")
_KEPT: Final = 32_768
"""Texts remembered a function: every price on the finest grid. Counts differ too much for that."""

Quote = tuple[Decimal, Decimal] | tuple[None, None]


def number(text: str) -> Decimal:
    """Read fixed-point text.

    Raises:
        ValueError: the text is anything else; exponents, blanks and signs of infinity included.
    """
    if not _is_plain(text) and not _FIXED.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a fixed-point number")
    return Decimal(text)


def _is_plain(text: str) -> bool:
    """Whether the text is of digits with at most one point, as nearly all are."""
    digits = text.replace(".", "", 1)
    return digits.isdecimal() and digits.isascii() and len(digits) <= _LONGEST


@lru_cache(maxsize=_KEPT)
def price(text: str) -> Decimal:
    """Read a price, 0 and 1 included.

    Raises:
        ValueError: the text is not a number from 0 to 1.
    """
    found = number(text)
    if not ZERO <= found <= ONE:
        raise ValueError(f"{text} is not a price from 0 to 1 dollars")
    return found


@lru_cache(maxsize=_KEPT)
def quote(text: str) -> Quote:
    """Read a price of somebody's order or trade, and its complement: (p, 1 - p), or nothing twice.

    Raises:
        ValueError: the text is not a number from 0 to 1.
    """
    found = price(text)
    return (found, ONE - found) if ZERO < found < ONE else (None, None)


def count(text: str) -> Decimal | None:
    """Read a count of contracts; a negative one is none that anybody could have meant.

    Raises:
        ValueError: the text is not a number.
    """
    if text == "0.00":
        return _NONE_AT_ALL
    if _is_plain(text):
        return Decimal(text)
    found = number(text)
    return found if found >= ZERO else None


def size(text: str) -> Decimal | None:
    """Read how many contracts an order rests with; None where none do.

    Raises:
        ValueError: the text is not a number.
    """
    return count(text) or None


@lru_cache(maxsize=_KEPT)
def time(text: str) -> datetime | None:
    """Read a time of RFC 3339; the venue's zero time (year 1) is None.

    Raises:
        ValueError: the text is anything else.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} says no zone")
    return moment(found)


def moment(value: datetime | None) -> datetime | None:
    """Give a time in UTC; the venue's zero time (year 1) is None."""
    if value is None or value.year == 1:
        return None
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def dollars(text: str) -> Decimal:
    """Read an amount of money, of either sign.

    Raises:
        ValueError: the text is not a number.
    """
    return number(text)


def contracts(text: str) -> Decimal:
    """Read a count that the account depends on, which is never negative.

    Raises:
        ValueError: the text is not a number, or below 0.
    """
    found = number(text)
    if found < ZERO:
        raise ValueError(f"{text} contracts are less than none")
    return found


def seconds(stamp: int) -> datetime:
    """Read seconds since 1970.

    Raises:
        ValueError: no calendar has such a moment.
    """
    return _stamped(stamp, timedelta(seconds=1))


def milliseconds(stamp: int) -> datetime:
    """Read milliseconds since 1970.

    Raises:
        ValueError: no calendar has such a moment.
    """
    return _stamped(stamp, timedelta(milliseconds=1))


def _stamped(stamp: int, unit: timedelta) -> datetime:
    try:
        return _EPOCH + stamp * unit
    except OverflowError:
        raise ValueError(f"{stamp} is no moment of any calendar") from None


def can_be_sent(value: object) -> bool:
    """Whether it is a Decimal, finite, and no longer than the numbers that are read."""
    return isinstance(value, Decimal) and value.is_finite() and value.copy_abs() < _MOST


def fixed(value: Decimal, places: int) -> str:
    """Write a number with that many decimals, none of them lost.

    Raises:
        ValueError: it has more, is not finite, or has more digits than the venue's numbers.
    """
    if not can_be_sent(value):
        told = f"{type(value).__name__} {value!s:.40}"
        raise ValueError(f"{told} is not a Decimal number of up to {_DIGITS} digits before the point")
    rounded = value.quantize(Decimal(1).scaleb(-places), context=WIDE)
    if rounded != value:
        raise ValueError(f"{value!s:.40} has more than {places} decimals")
    return plain(rounded)


def units(value: Decimal, places: int) -> int:
    """Count a number in its last decimal, none of them lost: cents of dollars, for instance.

    Raises:
        ValueError: as for :func:`fixed`.
    """
    return int(fixed(value, places).replace(".", ""))
