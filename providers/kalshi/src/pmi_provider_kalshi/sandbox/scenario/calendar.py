"""The calendar of the sandbox: what stands when it opens, what comes later, what is long over."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from pmi_provider_kalshi.sandbox.scenario.daily import QUARTER, coin_day, game, heat, quarter_hour
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan, MarketPlan
from pmi_provider_kalshi.sandbox.scenario.standing import standing_events

__all__ = ["COMBO_COLLECTION", "KEPT", "Calendar"]

KEPT: Final = timedelta(days=90)
"""What was settled longer ago stands in the historical tier only."""
COMBO_COLLECTION: Final = "KXMVESANDBOX-R"
_DAY: Final = timedelta(days=1)
_LONG_AGO: Final = (120, 110, 100)


class Calendar:
    """Every event by ticker, growing with time.

    Args:
        seed: of what differs from run to run.
        start: when the sandbox opened.
    """

    def __init__(self, seed: int, start: datetime) -> None:
        self.seed = seed
        self.start = start
        self.cutoff = (start - KEPT).replace(hour=0, minute=0, second=0, microsecond=0)
        self.events: dict[str, EventPlan] = {}
        self.markets: dict[str, tuple[EventPlan, MarketPlan]] = {}
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self._day = day
        quarter = start.replace(minute=start.minute - start.minute % 15, second=0, microsecond=0)
        self._quarter = quarter + QUARTER
        for plan in chain(
            (heat(day - _DAY * ago, seed) for ago in (*_LONG_AGO, 3, 2)),
            (coin_day(day - _DAY * 100),),
            standing_events(day),
            (quarter_hour(quarter - QUARTER * ago) for ago in (2, 1, 0)),
            self._of_day(day),
            self._of_day(day + _DAY),
        ):
            self._add(plan)

    def _of_day(self, day: datetime) -> tuple[EventPlan, ...]:
        games = tuple(game(day, number, self.seed) for number in range(2))
        return heat(day, self.seed), coin_day(day), *games

    def _add(self, plan: EventPlan) -> EventPlan:
        self.events[plan.ticker] = plan
        for market in plan.markets:
            self.markets[market.ticker] = plan, market
        return plan

    def due(self, now: datetime) -> list[EventPlan]:
        """Events that are listed now and were not before."""
        added = []
        if now - self._quarter > 8 * QUARTER:  # nobody was there to see the ones between
            self._quarter += (now - self._quarter) // QUARTER * QUARTER
        while self._quarter <= now:
            added.append(self._add(quarter_hour(self._quarter)))
            self._quarter += QUARTER
        while self._day + _DAY <= now:
            self._day += _DAY
            added += [self._add(plan) for plan in self._of_day(self._day + _DAY)]
        return added

    def is_archived(self, plan: EventPlan) -> bool:
        """Whether an event's markets stand in the historical tier only."""
        return plan.settled_time < self.cutoff

    def is_over(self, plan: EventPlan) -> bool:
        """Whether an event had been settled when the sandbox opened."""
        return plan.settled_time <= self.start
