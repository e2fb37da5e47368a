"""Words of the scenario: series as they are written down, events and markets as they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pmi_core.models import Execution, Strike

__all__ = [
    "Cadence",
    "Choice",
    "EventPlan",
    "Feature",
    "Grid",
    "Leg",
    "Listing",
    "MarketPlan",
    "Measure",
    "Question",
    "SeriesPlan",
    "Single",
    "Tariff",
    "Turnout",
]


class Cadence(StrEnum):
    """How often a series asks its question."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Grid(StrEnum):
    """Which limit prices a market takes."""

    CENT = "cent"
    TAPERED = "tapered"
    """Tenths of a cent below 0.10 and above 0.90, cents between."""
    DECI_CENT = "deci_cent"


class Tariff(StrEnum):
    """What a market charges."""

    TAKER = "taker"
    BOTH = "both"
    FREE = "free"


class Feature(StrEnum):
    """What else a series takes part in."""

    COMBOS = "combos"
    MILESTONES = "milestones"
    HALF_TIME = "half_time"
    """Trading pauses for some minutes before the last hour."""
    OVERTIME = "overtime"
    """Once in a while it goes on longer, and the close is moved just before it comes."""
    BREAK = "break"
    """Once in a while play is broken off: the markets close, and reopen when it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure that will be published: one market for each threshold, or for each band."""

    base: Decimal
    sigma: Decimal
    """How far the figure strays from where it was expected when the event opened."""
    step: Decimal
    """Distance between thresholds, or width of a band."""
    count: int
    places: str
    """The smallest difference that is published, such as ``0.1``."""
    bands: bool = False
    swing: Decimal = Decimal(0)
    season: Decimal = Decimal(0)
    code_scale: Decimal = Decimal(1)
    """What a strike is multiplied with to stand in a market's code."""
    written: str = "{}"
    """How a value is printed, such as ``${}`` or ``{}%``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several answers; at most one is right."""

    options: tuple[tuple[str, str, int], ...]
    """Code, name, weight in percent."""
    exhaustive: bool | None = True
    open_set: bool | None = False
    draw: int | None = None
    """How many of the options take part in one event; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """Yes or no."""

    chance: int
    """Percent, when the event opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """A share between 0 and 1 that the market pays out."""

    mean: Decimal
    sigma: Decimal


Question = Measure | Choice | Single | Turnout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesPlan:
    """A recurring question, as the scenario writes it."""

    code: str
    title: str
    category: str
    tags: tuple[str, ...]
    cadence: Cadence
    life_days: int
    """How long an event trades."""
    question: Question
    event_title: str
    """With ``{when}`` and, for a choice with ``draw``, ``{a}`` and ``{b}``."""
    market_title: str
    """With ``{when}`` and ``{answer}``."""
    rules: str
    source: str
    close_hour: int = 20
    close_day: int = 15
    close_month: int = 11
    slots: int = 1
    """Events in each period."""
    grid: Grid = Grid.CENT
    tariff: Tariff = Tariff.TAKER
    size_step: Decimal = Decimal(1)
    execution: Execution = Execution.CLOB
    activity: int = 60
    """Contracts that change hands in an ordinary hour of one market."""
    surge_hours: float = 0.0
    """The last hours, in which half of the news comes."""
    settle_hours: float = 2.0
    void_percent: int = 0
    features: frozenset[Feature] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketPlan:
    """One market of an event."""

    code: str
    title: str
    subtitle: str
    label: str
    strike: Strike | None
    low: float
    """The market answers yes where the event's hidden figure, in standard deviations, lies above."""
    high: float
    """... and not above this."""
    place: int
    legs: tuple[Leg, ...] = ()
    """Of a combo; its chance is the product of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listing:
    """A market together with its event: what most of the house asks for."""

    event: EventPlan
    market: MarketPlan

    @property
    def code(self) -> str:
        """The market's code."""
        return self.market.code

    @property
    def series(self) -> SeriesPlan:
        """The series that the market belongs to."""
        return self.event.series


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leg:
    """One condition of a combo."""

    listing: Listing
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventPlan:
    """One event with its times as they turn out; everything but the hidden figure."""

    code: str
    series: SeriesPlan
    period: int
    slot: int
    title: str
    rules: str
    open_time: datetime
    close_time: datetime
    """When trading ends for good."""
    determined_time: datetime
    settled_time: datetime
    pause: tuple[datetime, datetime] | None
    broken_off: tuple[datetime, datetime] | None = None
    """When its markets close before their time, and when they reopen."""
    moved_closes: tuple[tuple[datetime, datetime], ...] = ()
    """Closes that did not last: the moment until which each was announced, and the close itself."""
    mutually_exclusive: bool | None
    exhaustive: bool | None
    open_set: bool | None
    markets: tuple[MarketPlan, ...] = field(repr=False)

    def is_open(self, now: datetime) -> bool:
        """Whether its markets are open, a pause included."""
        if not self.open_time <= now < self.close_time:
            return False
        return self.broken_off is None or not self.broken_off[0] <= now < self.broken_off[1]

    def closings(self) -> tuple[datetime, ...]:
        """The moments at which its markets close, in order."""
        return (self.close_time,) if self.broken_off is None else (self.broken_off[0], self.close_time)

    def next_closing(self, now: datetime) -> datetime:
        """The first closing after a moment; the last one where none is left."""
        return next((when for when in self.closings() if now < when), self.close_time)

    def announced_close(self, now: datetime) -> datetime:
        """The close as it was known at a moment."""
        return next((close for until, close in self.moved_closes if now < until), self.close_time)

    def announced_settlement(self, now: datetime) -> datetime:
        """When results were expected to be paid, as it was known at a moment."""
        return self.settled_time - (self.close_time - self.announced_close(now))

    @property
    def first_close(self) -> datetime:
        """The close that was announced when it was listed."""
        return self.announced_close(self.open_time)
