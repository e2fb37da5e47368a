"""Numbers that a text says in digits or in English words."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["NUMBER", "number_of", "spelled"]

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_ONES.split())}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
_LARGE = {"hundred": 100, "dozen": 12, "thousand": 1000, "million": 1_000_000}
_WORDS = "|".join([*_SMALL, *_LARGE])
_SPELLED = re.compile(
    rf"\b(?:an?\s+(?={'|'.join(_LARGE)}))?(?:{_WORDS})(?:[\s-]+(?:and\s+)?(?:{_WORDS}))*s?\b"
)
_SUFFIXES = {"k": 1000, "m": 1_000_000}

NUMBER = r"\d[\d,]*(?:\.\d+)?[km]?"
"""A number in digits, in small letters."""


def spelled(text: str) -> str:
    """The text, in small letters, with numbers in digits instead of words: "forty-two cents" as "42 cents"."""
    return _SPELLED.sub(lambda found: str(_value(found[0])), text)


def number_of(digits: str) -> Decimal:
    """The value of what :data:`NUMBER` matches."""
    factor = _SUFFIXES.get(digits[-1:], 1)
    return Decimal(digits.rstrip("km").replace(",", "")) * factor


def _value(words: str) -> int:
    whole, part = 0, 0
    for word in re.findall("[a-z]+", words):
        known = word if word in _SMALL or word in _LARGE else word.removesuffix("s")
        if known in _SMALL:
            part += _SMALL[known]
        elif known in ("hundred", "dozen"):
            part = max(part, 1) * _LARGE[known]
        elif known in _LARGE:
            whole, part = whole + max(part, 1) * _LARGE[known], 0
    return whole + part
