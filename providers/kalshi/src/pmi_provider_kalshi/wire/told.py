"""Numbers that the venue tells outside fixed-point text, checked where they are read."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Final

import msgspec

from pmi_core.numbers import ZERO, exact

__all__ = ["Told"]

_MOST: Final = Decimal(10) ** 15
"""No number of the venue has more digits before the point."""
_LAST: Final = 253_402_300_799
"""The last second of any calendar."""


class Told(msgspec.Struct, frozen=True):
    """A row whose numbers can be taken at their word: finite, bounded, and not below 0 unless named.

    Whole numbers of fields that end in ``_ts`` are moments in seconds.

    Raises:
        ValueError: a number is none of these; the message names the field.
    """

    signed: ClassVar[frozenset[str]] = frozenset()
    """Fields that may be below 0."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Decimal):
                try:
                    exact(value)
                except ValueError:
                    raise ValueError(f"{name} is no number") from None
            elif not isinstance(value, int):
                continue
            if not -_MOST < value < _MOST or (name.endswith("_ts") and value > _LAST):
                raise ValueError(f"{name} is larger than anything that it could be")
            if value < ZERO and name not in self.signed:
                raise ValueError(f"{name} is below 0")
