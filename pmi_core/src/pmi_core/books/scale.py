"""Prices and sizes as integers of a known scale, and back to exact Decimals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from pmi_core.books.grid import NO_ASK, NO_BID, Grid, grids
from pmi_core.errors import UnexpectedAnswer
from pmi_core.numbers import WIDE, exact

__all__ = ["Scale"]

_MOST: Final = 50_000
"""Different texts that are remembered; no venue has as many prices."""


class _Read(dict[str, int]):
    """Texts that were read before, and what they mean."""

    __slots__ = ("_digits", "_highest")

    def __init__(self, digits: int, highest: int | None) -> None:
        super().__init__()
        self._digits = digits
        self._highest = highest

    def __missing__(self, text: str) -> int:
        number = _scaled(text, self._digits)
        if self._highest is not None and not 0 <= number <= self._highest:
            raise UnexpectedAnswer(f"a price lies between 0 and 1, not {text[:40]!r}")
        if len(self) >= _MOST:
            self.clear()
        self[text] = number
        return number


class _Derived(dict[str, int]):
    """Prices that were read before, and what is made of them."""

    __slots__ = ("_made",)

    def __init__(self, made: Callable[[str], int]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, text: str) -> int:
        number = self._made(text)
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


class _Best(dict[int, Decimal | None]):
    """Best prices that were shown before; None where there is none."""

    __slots__ = ("_made",)

    def __init__(self, made: Callable[[int], Decimal]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, number: int) -> Decimal | None:
        shown = None if number in {NO_BID, NO_ASK} else self._made(number)
        if len(self) >= _MOST:
            self.clear()
        self[number] = shown
        return shown


class Scale:
    """How many decimal digits of a venue's prices and sizes an integer holds.

    One object serves all books of a venue: it remembers what it read and showed, within bounds.

    Args:
        price_digits: 4 means that the integer 4200 is the price 0.42.
        size_digits: 2 means that the integer 150 is the size 1.5.
    """

    __slots__ = (
        "best",
        "best_ask",
        "best_bid",
        "grids",
        "mirrored",
        "mirrored_best",
        "one",
        "price",
        "price_digits",
        "size",
        "size_digits",
        "ticks",
        "units",
    )

    def __init__(self, price_digits: int, size_digits: int) -> None:
        self.price_digits = price_digits
        self.size_digits = size_digits
        self.one: int = 10**price_digits
        """The price 1, so that the other outcome's price is ``one - price``."""
        self.ticks: Callable[[str], int] = _Read(price_digits, self.one).__getitem__
        """Reads a price; raises UnexpectedAnswer where the text is no price or has more digits."""
        self.units: Callable[[str], int] = _Read(size_digits, None).__getitem__
        """Reads a size or a signed change of one; raises UnexpectedAnswer likewise."""
        ticks, one = self.ticks, self.one
        self.mirrored: Callable[[str], int] = _Derived(lambda text: one - ticks(text)).__getitem__
        """Reads the other outcome's price as this one's: ``one - ticks(text)``."""
        self.best_bid: Callable[[str], int] = _Derived(
            lambda text: (ticks(text) if text else 0) or NO_BID
        ).__getitem__
        """Reads the best bid that a venue states; NO_BID where it states 0, or nothing."""
        self.best_ask: Callable[[str], int] = _Derived(
            lambda text: NO_ASK if not text or ticks(text) == one else ticks(text)
        ).__getitem__
        """Reads the best ask that a venue states; NO_ASK where it states 1, or nothing."""
        self.grids: tuple[Grid, ...] = grids(self.one)
        """Rows that books of this scale are kept in, the coarsest first."""
        self.price: Callable[[int], Decimal] = _Shown(price_digits).__getitem__
        """The price of an integer."""
        price = self.price
        self.best: Callable[[int], Decimal | None] = _Best(price).__getitem__
        """The price of a best price; None for NO_BID and NO_ASK."""
        self.mirrored_best: Callable[[int], Decimal | None] = _Best(lambda at: price(one - at)).__getitem__
        """The other outcome's, so the bid's of an ask: ``1 - best(at)``; None likewise."""
        self.size: Callable[[int], Decimal] = _Shown(size_digits).__getitem__
        """The size of an integer."""

    def __repr__(self) -> str:
        return f"Scale({self.price_digits}, {self.size_digits})"


def _scaled(text: str, digits: int) -> int:
    # As most venues write them; the rest takes ten times as long.
    point = len(text) - digits - 1
    if point > 0 and text[point] == ".":
        whole = text[:point] + text[point + 1 :]
        if whole.isdecimal() and whole.isascii():
            return int(whole)
    try:
        scaled = exact(text).scaleb(digits, WIDE)
        number = int(scaled)
    except (ValueError, AttributeError):
        raise UnexpectedAnswer(f"{text!r:.60} is not a number that a book can hold") from None
    if number != scaled:
        raise UnexpectedAnswer(f"{text!r:.60} has more than the {digits} decimal digits that the venue uses")
    return number
