"""How the exchange writes numbers and times."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Final

__all__ = ["cents", "count", "dollars", "micro_dollars", "millis", "moment", "seconds", "stamp"]

_CENTI: Final = Decimal("0.01")
_CENTI_CENT: Final = Decimal("0.0001")
_MICRO: Final = Decimal("0.000001")


def dollars(amount: Decimal | None) -> str:
    """Prices and balances: four decimals; a price that is missing reads as nothing."""
    return str((amount or Decimal(0)).quantize(_CENTI_CENT, rounding=ROUND_HALF_EVEN))


def micro_dollars(amount: Decimal) -> str:
    """Money totals: six decimals."""
    return str(amount.quantize(_MICRO, rounding=ROUND_HALF_EVEN))


def count(size: Decimal | None) -> str:
    """Contracts: two decimals."""
    return str((size or Decimal(0)).quantize(_CENTI, rounding=ROUND_HALF_EVEN))


def cents(amount: Decimal) -> int:
    """Whole cents, the rest cut off."""
    return int((amount * 100).to_integral_value(rounding=ROUND_DOWN))


def stamp(when: datetime) -> str:
    """RFC 3339 in UTC with a ``Z``, fractions only where there are any."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def seconds(when: datetime) -> int:
    """Whole seconds since 1970."""
    return int(when.timestamp())


def millis(when: datetime) -> int:
    """Whole milliseconds since 1970."""
    return int(when.timestamp() * 1000)


def moment(unix: int) -> datetime:
    """The moment of a number of seconds since 1970."""
    return datetime.fromtimestamp(unix, UTC)
