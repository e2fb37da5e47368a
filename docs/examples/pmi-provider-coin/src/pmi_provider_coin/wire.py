"""Answers as the venue writes them; only the fields that are needed, the rest is skipped."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

__all__ = ["WireBook", "WireFlip", "WireFlips"]


class WireQuote(msgspec.Struct):
    """Best prices for heads, in whole cents; null where nobody offers."""

    bid: int | None
    ask: int | None


class WireFlip(msgspec.Struct):
    """One toss."""

    id: str
    question: str
    state: Literal["open", "tossed"]
    opens: datetime
    tossed_at: datetime
    heads: WireQuote
    result: Literal["heads", "tails"] | None = None


class WireFlips(msgspec.Struct):
    """A page of tosses."""

    flips: list[WireFlip]
    next: str | None


class WireBook(msgspec.Struct):
    """Resting orders for heads as [cents, contracts], in no particular order."""

    id: str
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]
