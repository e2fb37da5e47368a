"""How far this machine's clock is from the venue's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["Skew"]

_SECOND: Final = timedelta(seconds=1)


class Skew:
    """The venue's time minus this machine's, narrowed by every answer's ``Date`` header.

    The header tells whole seconds and is written somewhere between sending and receiving, so one
    answer gives a span; spans of later answers are cut with it.  A span that fits no earlier one
    (a clock was set) starts anew.
    """

    def __init__(self) -> None:
        self._least: timedelta | None = None
        self._most: timedelta | None = None

    def learn(self, headers: Mapping[str, str], *, sent: datetime, received: datetime) -> None:
        """Take in one answer; one from a cache (``Age``) or without a date says nothing."""
        date = headers.get("date")
        if date is None or headers.get("age", "0").strip() not in {"", "0"}:
            return
        try:
            told = parsedate_to_datetime(date)
        except ValueError:
            return
        told = told.replace(tzinfo=UTC) if told.tzinfo is None else told
        least, most = told - received, told + _SECOND - sent
        if self._least is None or self._most is None or most < self._least or self._most < least:
            self._least, self._most = least, most
        else:
            self._least, self._most = max(self._least, least), min(self._most, most)

    @property
    def offset(self) -> timedelta | None:
        """The middle of the span: add it to this machine's time for the venue's; None if unknown."""
        if self._least is None or self._most is None:
            return None
        return (self._least + self._most) / 2

    @property
    def uncertainty(self) -> timedelta | None:
        """Half the span: how wrong :attr:`offset` may be; None if unknown."""
        if self._least is None or self._most is None:
            return None
        return (self._most - self._least) / 2

    def exceeds(self, tolerance: timedelta) -> bool:
        """Whether the clocks certainly differ by more than ``tolerance``."""
        if self._least is None or self._most is None:
            return False
        return self._least > tolerance or self._most < -tolerance

    def sentence(self) -> str | None:
        """The difference for people, such as ``this machine's clock is 31 s behind``; None if unknown."""
        offset = self.offset
        if offset is None:
            return None
        side = "behind" if offset >= timedelta(0) else "ahead"
        return f"this machine's clock is {abs(offset).total_seconds():.0f} s {side}"
