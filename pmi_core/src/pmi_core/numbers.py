"""Exact numbers: prices, quantities and amounts as Decimal, with every rounding named.

No float is ever accepted: a float has already lost the digits that matter.  A number that is
not known is ``None``, never zero.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

__all__ = [
    "ASKED",
    "ONE",
    "WIDE",
    "ZERO",
    "Amount",
    "Number",
    "Price",
    "Quantity",
    "Rounding",
    "counted",
    "exact",
    "plain",
    "round_to",
]

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)

ASKED: Final = 10**12
"""What somebody asks for, contracts or money, stays below this: more than any venue has, and little enough for
every product and sum that is made of it."""
WIDE: Final = Context(prec=60)
"""The context for arithmetic on numbers: no sum or product of venue numbers is cut silently."""
_MAX_DIGITS: Final = 50
_MAX_EXPONENT: Final = 30


class Rounding(StrEnum):
    """Which way a number that does not fit is moved; the direction is always stated."""

    UP = "up"
    """Away from zero."""
    DOWN = "down"
    """Towards zero."""
    CEILING = "ceiling"
    """Towards plus infinity."""
    FLOOR = "floor"
    """Towards minus infinity."""
    HALF_EVEN = "half_even"
    """To the nearest, ties to the even neighbour."""


_MODES: Final = {
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.CEILING: ROUND_CEILING,
    Rounding.FLOOR: ROUND_FLOOR,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
}


def exact(value: object) -> Decimal:
    """Read a number exactly from text, an integer or a Decimal.

    Raises:
        ValueError: the value is a float or boolean, is not a finite decimal number, or has
            more digits than any venue uses.
    """
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, bool) or not isinstance(value, str | int):
        kind = type(value).__name__
        raise ValueError(f"{kind} is not an exact number; give a decimal string such as '0.42'")
    else:
        try:
            number = Decimal(value.strip() if isinstance(value, str) else value)
        except InvalidOperation:
            shown = repr(value)[:40]
            raise ValueError(f"{shown} is not a decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{number} is not a finite number")
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) > _MAX_DIGITS or abs(exponent) > _MAX_EXPONENT:
        raise ValueError("the number has more digits than any venue uses")
    return number


def plain(number: Decimal) -> str:
    """Print a number without exponent and without losing a digit: ``1E+2`` becomes ``100``."""
    return format(number, "f")


def counted(count: Decimal | int, noun: str) -> str:
    """Print a count with its noun, in the plural unless it is one: ``1 contract``, ``0.5 contracts``.

    The noun is one whose plural ends in ``s``.
    """
    number = Decimal(count)
    return f"{plain(number)} {noun}{'' if number == ONE else 's'}"


def round_to(number: Decimal, step: Decimal, rounding: Rounding) -> Decimal:
    """Move a number to a multiple of ``step`` in the named direction.

    Raises:
        ValueError: the step is not positive.
    """
    if step <= 0:
        raise ValueError("the step must be positive")
    steps = WIDE.divide(number, step).to_integral_value(rounding=_MODES[rounding])
    return WIDE.multiply(steps, step)


def _in_unit_interval(value: Any) -> Decimal:
    number = exact(value)
    if not ZERO <= number <= ONE:
        raise ValueError(f"a price lies between 0 and 1 dollars, not {plain(number)}")
    return number


def _not_negative(value: Any) -> Decimal:
    number = exact(value)
    if number < 0:
        raise ValueError(f"a quantity is never negative, not {plain(number)}")
    return number


_AS_TEXT = PlainSerializer(plain, return_type=str, when_used="json")
_TEXT_SCHEMA = WithJsonSchema({"type": "string", "format": "decimal"})

Number = Annotated[Decimal, BeforeValidator(exact), _AS_TEXT, _TEXT_SCHEMA]
"""Any exact number."""
Price = Annotated[Decimal, BeforeValidator(_in_unit_interval), _AS_TEXT, _TEXT_SCHEMA]
"""Dollars per contract that pays 1; in [0, 1]."""
Quantity = Annotated[Decimal, BeforeValidator(_not_negative), _AS_TEXT, _TEXT_SCHEMA]
"""A count of contracts, possibly fractional; never negative."""
Amount = Annotated[Decimal, BeforeValidator(exact), _AS_TEXT, _TEXT_SCHEMA]
"""Money in the currency that the carrying model names in its ``currency`` field."""
