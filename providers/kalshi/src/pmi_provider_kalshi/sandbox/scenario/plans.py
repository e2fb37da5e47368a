"""What the sandbox lists: series, events and markets as they are meant to go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

__all__ = ["ONCE_WON", "EventPlan", "MarketPlan", "SeriesPlan", "Shape", "code_of"]

ONCE_WON: Final = "This market will close and expire after a winner is declared."
"""Prose on closing early, of a question with a winner."""


def code_of(day: datetime) -> str:
    """A day as it stands in tickers."""
    return day.strftime("%y%b%d").upper()


class Shape(StrEnum):
    """How the chances of an event's markets hang together."""

    ONE_OF = "one_of"
    """Exactly one market comes true."""
    LADDER = "ladder"
    """A market comes true when a value ends above its strike."""
    ALONE = "alone"
    """Each market for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """A template of events."""

    ticker: str
    title: str
    category: str
    tags: tuple[str, ...]
    frequency: str
    shard: int = 0
    structure: str = "linear_cent"
    fee_type: str = "quadratic"
    multiplier: Decimal = Decimal(1)
    timer: timedelta = timedelta(minutes=30)
    """Time from determination to settlement."""
    sources: tuple[tuple[str, str], ...] = ()
    competition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPlan:
    """One question."""

    ticker: str
    label: str
    condition: str
    """What comes true with it, as the middle of a sentence."""
    weight: float = 0.0
    """Log odds before anything moves; of a ladder, unused."""
    strike_type: str | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None
    custom: dict[str, Any] | None = None

    @property
    def rules(self) -> str:
        """By what the market is decided."""
        return f"If {self.condition}, then the market resolves to Yes."


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """A happening with its markets and dates."""

    ticker: str
    series: SeriesPlan
    title: str
    subtitle: str
    shape: Shape
    open_time: datetime
    close_time: datetime
    decided_after: timedelta = timedelta(minutes=5)
    """Time from the close to the determination."""
    markets: tuple[MarketPlan, ...]
    center: float = 0.0
    """Of a ladder: where the value stands."""
    spread: float = 1.0
    """Of a ladder: how far the value may still go."""
    activity: int = 10
    """How many contracts change hands in an hour, roughly."""
    paused: bool = False
    early: str | None = None
    """Prose on closing early."""
    targets: tuple[str, ...] = field(default=())
    """Structured targets, one a market."""

    @property
    def exclusive(self) -> bool:
        """Whether at most one market comes true."""
        return self.shape is Shape.ONE_OF

    @property
    def decided_time(self) -> datetime:
        """When the results are known."""
        return self.close_time + self.decided_after

    @property
    def settled_time(self) -> datetime:
        """When the results are paid."""
        return self.decided_time + self.series.timer
