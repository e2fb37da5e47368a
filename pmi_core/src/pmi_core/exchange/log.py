"""The history: events in order, those of a running command apart until it is accepted."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from itertools import islice
from typing import Any

from pmi_core.errors import RequestError
from pmi_core.exchange.commands import AnyCommand
from pmi_core.exchange.events import Commanded, Event

__all__ = ["Log"]


class Log:
    """Numbers events without gaps."""

    def __init__(self, bound: int | None) -> None:
        self.seq = 0
        """Number of the last event."""
        self.time: datetime
        self._events: deque[Event] = deque(maxlen=bound)
        self._pending: list[Event] = []
        self._silent = False

    def begin(self, command: AnyCommand) -> None:
        """Start a command."""
        self.time = command.time
        self._silent = False
        self.seq += 1
        self._pending = [Commanded(self.seq, command.time, command)]

    def emit(self, kind: type[Event], *facts: Any) -> int:
        """Note a consequence of the running command; gives its number."""
        seq = self.seq = self.seq + 1
        self._pending.append(kind(seq, self.time, *facts))
        return seq

    def keep_silent(self) -> None:
        """The running command turned out to ask for what is so already."""
        self._silent = True

    def commit(self) -> tuple[Event, ...]:
        """The command is accepted: what it brought about is history."""
        if self._silent:
            self.roll_back()
            return ()
        happened = tuple(self._pending)
        self._events.extend(happened)
        self._pending = []
        return happened

    def roll_back(self) -> None:
        """The command is refused: nothing happened."""
        self.seq -= len(self._pending)
        self._pending = []

    @property
    def has_consequences(self) -> bool:
        """Whether the running command has brought anything about so far."""
        return len(self._pending) > 1

    @property
    def last(self) -> Event:
        """The event noted last."""
        return self._pending[-1]

    def since(self, seq: int) -> tuple[Event, ...]:
        """Events numbered above ``seq``.

        Raises:
            RequestError: they are gone.
        """
        dropped = self.seq - len(self._events)
        if seq < dropped:
            raise RequestError(
                f"events up to {dropped} were dropped", hint=f"ask since {dropped} or later", code="dropped"
            )
        latest = list(islice(reversed(self._events), max(self.seq - seq, 0)))
        return tuple(reversed(latest))

    def drain(self) -> tuple[Event, ...]:
        """Hand out and forget all of them."""
        events = tuple(self._events)
        self._events.clear()
        return events
