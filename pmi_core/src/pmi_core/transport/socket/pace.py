"""How patient a socket is: with silence, with answers, and with a venue that is away."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from random import Random

from pmi_core.errors import BusyError, PmiError, SettingsError

__all__ = ["Backoff", "Pulse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Seconds after which a connection is asked for a sign of life, and given up.

    Raises:
        SettingsError: a number makes no sense.
    """

    ping: float = 10.0
    """Between two heartbeats, of the protocol and of the venue's own kind."""
    pong: float = 10.0
    """After a heartbeat, until anything at all must have come."""
    quiet: float | None = 30.0
    """Without data (heartbeats and their answers do not count), until the venue is asked for some; None
    where silence is no sign of anything."""
    answer: float = 10.0
    """Until a subscription, a request for a snapshot or a question after silence must be answered."""
    connect: float = 10.0
    """For the connection and its handshake together."""
    close: float = 1.0
    """For a polite goodbye."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise SettingsError(f"{one.name} of a pulse is a number of seconds above 0")

    @property
    def tick(self) -> float:
        """How often to look."""
        return min(1.0, *(value / 4 for value in (self.ping, self.pong, self.quiet or 4.0, self.answer)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Pauses before a connection is opened anew: exponential, half of each drawn by lot.

    The pause before attempt ``n`` (from 1) lies between half and all of ``first * 2 ** (n - 1)``
    seconds, never above ``longest``; where the venue names a pause, that one is kept at least.

    Raises:
        SettingsError: a number makes no sense.
    """

    first: float = 0.25
    longest: float = 30.0
    steady: float = 10.0
    """Seconds of health after which counting begins anew."""

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) and value >= 0 for value in (self.first, self.longest, self.steady)):
            raise SettingsError("a backoff has finite times of at least 0 seconds")

    def pause(self, attempt: int, error: PmiError, random: Random) -> float:
        """Seconds to wait before attempt ``attempt``, after ``error``."""
        most = min(self.longest, self.first * 2.0 ** min(attempt - 1, 60))
        pause = most / 2 + random.uniform(0.0, most / 2)
        if isinstance(error, BusyError) and error.retry_after is not None:
            pause += error.retry_after
        return pause
