"""Prices and sizes as integers of a known scale, and back to exact Decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_core.errors import UnexpectedAnswer
from pmi_core.numbers import WIDE, exact

__all__ = ["Scale"]

_MOST: Final = 50_000
"""Different texts that are remembered; no venue has as many prices."""


class _Read(dict[str, int]):
    """Texts that were read before, and what they mean."""

    __slots__ = ("_digits",)

    def __init__(self, digits: int) -> None:
        super().__init__()
        self._digits = digits

    def __missing__(self, text: str) -> int:
        number = _scaled(text, self._digits)
        if len(self) >= _MOST:
            self.clear()
        self[text] = number
        return number


class _Shown(dict[int, Decimal]):
    """Integers that were shown before, as Decimals."""

    __slots__ = ("_digits",)

    def __init__(self, digits: int) -> None:
        super().__init__()
        self._digits = digits

    def __missing__(self, number: int) -> Decimal:
        shown = Decimal(number).scaleb(-self._digits, WIDE)
        if len(self) >= _MOST:
            self.clear()
        self[number] = shown
        return shown


class Scale:
    """How many decimal digits of a venue's prices and sizes an integer holds.

    One object serves all books of a venue: it remembers prices that it met.

    Args:
        price_digits: 4 means that the integer 4200 is the price 0.42.
        size_digits: 2 means that the integer 150 is the size 1.5.
    """

    __slots__ = ("_after", "_point", "_prices", "_shown", "_sizes", "one", "price_digits", "size_digits")

    def __init__(self, price_digits: int, size_digits: int) -> None:
        self.price_digits = price_digits
        self.size_digits = size_digits
        self.one: int = 10**price_digits
        """The price 1, so that the other outcome's price is ``one - price``."""
        self._prices = _Read(price_digits)
        self._shown = _Shown(price_digits)
        self._sizes = _Shown(size_digits)
        self._point, self._after = -size_digits - 1, -size_digits or None

    def __repr__(self) -> str:
        return f"Scale({self.price_digits}, {self.size_digits})"

    def ticks(self, text: str) -> int:
        """Read a price.

        Raises:
            UnexpectedAnswer: it is no number, has more digits than the scale, or is not between 0 and 1.
        """
        number = self._prices[text]
        if not 0 <= number <= self.one:
            raise UnexpectedAnswer(f"a price lies between 0 and 1, not {text[:40]!r}")
        return number

    def units(self, text: str) -> int:
        """Read a size, or a signed change of one.

        Raises:
            UnexpectedAnswer: it is no number or has more digits than the scale.
        """
        if text[self._point : self._after] == ".":  # as venues write them, with all digits
            try:
                return int(text.replace(".", "", 1))
            except ValueError:
                pass
        return _scaled(text, self.size_digits)

    def price(self, ticks: int) -> Decimal:
        """The price of an integer."""
        return self._shown[ticks]

    def size(self, units: int) -> Decimal:
        """The size of an integer."""
        return self._sizes[units]


def _scaled(text: str, digits: int) -> int:
    try:
        scaled = exact(text).scaleb(digits, WIDE)
        number = int(scaled)
    except (ValueError, AttributeError):
        raise UnexpectedAnswer(f"{text!r:.60} is not a number that a book can hold") from None
    if number != scaled:
        raise UnexpectedAnswer(f"{text!r:.60} has more than the {digits} decimal digits that the venue uses")
    return number
