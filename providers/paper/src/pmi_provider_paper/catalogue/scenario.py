"""All series, and the way from codes and moments to events."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from pmi_provider_paper.catalogue.building import build_event
from pmi_provider_paper.catalogue.calendar import period_of, periods_between
from pmi_provider_paper.catalogue.crypto import CRYPTO
from pmi_provider_paper.catalogue.culture import CULTURE
from pmi_provider_paper.catalogue.economics import ECONOMICS
from pmi_provider_paper.catalogue.plans import EventPlan, Listing, SeriesPlan
from pmi_provider_paper.catalogue.politics import POLITICS
from pmi_provider_paper.catalogue.sports import SPORTS
from pmi_provider_paper.catalogue.weather import WEATHER

__all__ = ["KEPT", "SERIES", "Scenario", "listed_time"]

SERIES: Final = (*ECONOMICS, *POLITICS, *WEATHER, *SPORTS, *CRYPTO, *CULTURE)

KEPT: Final = timedelta(days=3)
"""How long after its close an event stays in listings; by its code it can be read forever."""
_AHEAD: Final = timedelta(hours=12)
"""How long before its opening an event is listed."""


@lru_cache(maxsize=4096)
def _event(series: SeriesPlan, period: int, slot: int, seed: int) -> EventPlan:
    return build_event(series, period, slot, seed)


def listed_time(event: EventPlan) -> datetime:
    """When an event first stands in listings, which are made anew every hour."""
    due = event.open_time - _AHEAD
    hour = due.replace(minute=0, second=0, microsecond=0)
    return hour if hour == due else hour + timedelta(hours=1)


class Scenario:
    """Looks events up by code and lists those of a moment.

    Args:
        seed: decides which events go on longer or are broken off.
        series: what is asked about.
    """

    def __init__(self, seed: int, series: tuple[SeriesPlan, ...] = SERIES) -> None:
        self.seed = seed
        self.series = {one.code: one for one in series}
        self._listed: tuple[datetime, tuple[EventPlan, ...]] | None = None

    def listed(self, now: datetime) -> tuple[EventPlan, ...]:
        """Events that are about to open, open, or closed a short while ago, by the close that was announced first."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._listed is None or self._listed[0] != hour:
            self._listed = hour, self._list(hour)
        return self._listed[1]

    def _list(self, hour: datetime) -> tuple[EventPlan, ...]:
        found: list[EventPlan] = []
        for series in self.series.values():
            last = hour + timedelta(days=series.life_days) + _AHEAD
            for period in periods_between(series, hour - KEPT, last):
                found += (_event(series, period, slot, self.seed) for slot in range(series.slots))
        return tuple(sorted(found, key=lambda event: (event.first_close, event.code)))

    def event(self, code: str) -> EventPlan | None:
        """The event of a code such as ``FED-26DEC``, or None."""
        return _find_event(self, code)

    def market(self, code: str) -> Listing | None:
        """The market of a code such as ``FED-26DEC-425``, with its event, or None."""
        return _find_market(self, code)

    def markets(self, event: EventPlan) -> tuple[Listing, ...]:
        """The markets of an event."""
        return _listings(event)


@lru_cache(maxsize=8192)
def _find_event(scenario: Scenario, code: str) -> EventPlan | None:
    series_code, _, label = code.partition("-")
    series = scenario.series.get(series_code)
    if series is None:
        return None
    slot = 0
    if series.slots > 1:
        slot = "ABCDEFGHIJ".find(label[-1:]) if label else -1
        label = label[:-1]
        if not 0 <= slot < series.slots:
            return None
    period = period_of(series.cadence, label)
    return None if period is None else _event(series, period, slot, scenario.seed)


@lru_cache(maxsize=8192)
def _find_market(scenario: Scenario, code: str) -> Listing | None:
    event_code, _, rest = code.rpartition("-")
    event = scenario.event(event_code) if rest else None
    if event is None:
        return None
    return next((listing for listing in _listings(event) if listing.code == code), None)


@lru_cache(maxsize=4096)
def _listings(event: EventPlan) -> tuple[Listing, ...]:
    return tuple(Listing(event=event, market=market) for market in event.markets)
