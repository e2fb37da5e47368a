"""Whole numbers inside the engine, Decimal at its edge.

A price or a size is counted in millionths (0.52 is 520000), money in millionths of millionths,
so that price times size is money without any division.  Every conversion is exact or refused.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import Final

__all__ = ["MONEY", "SCALE", "from_money", "from_units", "to_money", "to_units"]

SCALE: Final = 1_000_000
"""Units in a price of 1, and in one contract."""
MONEY: Final = SCALE * SCALE
"""Units in one dollar."""

_WIDE: Final = Context(prec=90)
_LARGEST: Final = 18
"""Digits before the point, less one."""


def _whole(number: Decimal, places: int) -> int | None:
    if type(number) is not Decimal or not number.is_finite() or number.adjusted() > _LARGEST:
        return None
    scaled = number.scaleb(places, _WIDE)
    whole = int(scaled)
    return whole if whole == scaled else None


def _decimal(whole: int, places: int) -> Decimal:
    if whole == 0:
        return Decimal(0)
    number = Decimal(whole).scaleb(-places, _WIDE).normalize(_WIDE)
    exponent = number.as_tuple().exponent
    return (
        number.quantize(Decimal(1), context=_WIDE) if isinstance(exponent, int) and exponent > 0 else number
    )


def to_units(number: Decimal) -> int | None:
    """Count a price or size in units; None if it is no Decimal, too large, or finer than a unit."""
    return _whole(number, 6)


def to_money(amount: Decimal) -> int | None:
    """Count money in units; None if it is no Decimal, too large, or finer than a unit."""
    return _whole(amount, 12)


@lru_cache(maxsize=65_536)
def from_units(units: int) -> Decimal:
    """A price or size as Decimal, without trailing zeros."""
    return _decimal(units, 6)


@lru_cache(maxsize=65_536)
def from_money(units: int) -> Decimal:
    """Money as Decimal, without trailing zeros."""
    return _decimal(units, 12)
