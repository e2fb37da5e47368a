"""What a socket says of itself to whoever uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pmi_core.errors import PmiError
from pmi_core.models.update import ConnectionState
from pmi_core.transport.socket.dialect import Topic

__all__ = ["Hear", "Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """A change of state of some topics."""

    state: ConnectionState
    topics: tuple[Topic, ...]
    reason: str | None = None
    error: PmiError | None = None
    """Why it is over, with the state ``closed``."""


Hear = Callable[[Report], None]
