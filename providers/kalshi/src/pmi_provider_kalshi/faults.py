"""Rows that make no sense: passed over and reported, so that one of them does not cost the page."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from pmi_core.errors import UnexpectedAnswer

__all__ = ["Fault", "Faults"]

_log: Final = logging.getLogger("pmi_provider_kalshi")
_KEPT: Final = 100

Row = TypeVar("Row")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was left out of a page."""

    capability: str
    message: str
    """Which row, and which field of it is wrong."""


class Faults:
    """The last hundred rows that were left out; each is also logged as a warning."""

    def __init__(self) -> None:
        self._last: deque[Fault] = deque(maxlen=_KEPT)
        self.count = 0
        """How many there were since the venue was opened."""

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._last))

    def __len__(self) -> int:
        return len(self._last)

    def report(self, capability: str, message: str) -> None:
        """Note a row that was left out."""
        self.count += 1
        self._last.append(Fault(capability, message))
        _log.warning("a row of %s is left out: %s", capability, message)

    def translated(
        self, rows: Iterable[Row], translate: Callable[[Row], Made], capability: str
    ) -> list[Made]:
        """Translate rows, leaving out those that make no sense.

        Raises:
            UnexpectedAnswer: no row makes sense, so it is the venue that changed.
        """
        made: list[Made] = []
        wrong: list[UnexpectedAnswer] = []
        for row in rows:
            try:
                made.append(translate(row))
            except UnexpectedAnswer as error:
                wrong.append(error)
        if wrong and not made:
            raise wrong[0]
        for reason in wrong:
            self.report(capability, reason.message)
        return made
