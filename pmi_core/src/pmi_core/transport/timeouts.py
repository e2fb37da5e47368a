"""How long each step of one attempt may take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Timeouts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds that each step of one attempt may take."""

    connect: float = 5.0
    """Until a new connection stands, its encryption included."""
    read: float = 15.0
    """Between two pieces of the answer."""
    write: float = 10.0
    pool: float = 5.0
    """Until a connection is free."""
    total: float = 30.0
    """Everything together."""
