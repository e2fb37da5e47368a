"""What calls to a venue cost, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Budget", "CallRecord"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One finished call to a venue, for audit and metrics; never holds a secret."""

    venue: str
    capability: str
    method: str
    seconds: float
    attempts: int
    error: str | None = None
    """The name of the error class, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is left of one rate limit."""

    name: str
    capacity: float
    """Cost units that may be spent at once."""
    rate: float
    """Cost units refilled per second."""
    available: float
    waiting: int
    """Calls that wait for this budget now."""
