"""What a market is worth: a hidden figure that becomes known little by little.

Every event has one hidden figure, the end of a Wiener path.  At any moment the members know the
path so far, so the fair price of a market is the chance that the end falls into the market's
interval.  Prices of exclusive markets therefore add up, chances neither rise nor fall on average,
and at the close the price has become the answer.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import ceil, log2
from typing import Final

from pmi_provider_paper.catalogue.plans import EventPlan, Listing, Turnout
from pmi_provider_paper.simulation.noise import Path, key_of, phi, share

__all__ = ["Beliefs"]

_FINEST_SECONDS: Final = 8.0
_MILLE: Final = 1000
_MOST_PATHS: Final = 500


class Beliefs:
    """Fair prices and answers under one seed.

    Where ``live`` is off, prices stay where the event opened; answers are the same.
    """

    def __init__(self, seed: int, *, live: bool = True) -> None:
        self.seed = seed
        self.live = live
        self._paths: dict[str, Path] = {}
        self._known: dict[str, tuple[datetime, float, float]] = {}

    def path(self, event: EventPlan) -> Path:
        """The hidden figure's path over the event's life."""
        found = self._paths.get(event.code)
        if found is None:
            life = (event.close_time - event.open_time).total_seconds()
            depth = max(8, ceil(log2(life / _FINEST_SECONDS)))
            if len(self._paths) >= _MOST_PATHS:  # the oldest is of an event that is over
                self._paths.pop(next(iter(self._paths)))
            found = self._paths[event.code] = Path(key_of("path", self.seed, event.code), depth)
        return found

    def _progress(self, event: EventPlan, moment: datetime) -> float:
        """Which share of the news is out."""
        if not self.live and moment < event.close_time:
            return 0.0
        life = (event.close_time - event.open_time).total_seconds()
        gone = (moment - event.open_time).total_seconds()
        surge = event.series.surge_hours * 3600
        if not surge:
            return gone / life
        calm = life - surge
        return gone / calm / 2 if gone < calm else 0.5 + (gone - calm) / surge / 2

    def _state(self, event: EventPlan, moment: datetime) -> tuple[float, float]:
        """The path at a moment, and how uncertain its end still is."""
        known = self._known.get(event.code)
        if known is not None and known[0] == moment:
            return known[1], known[2]
        progress = min(max(self._progress(event, moment), 0.0), 1.0)
        where, doubt = self.path(event).at(progress), (1.0 - progress) ** 0.5
        if len(self._known) >= _MOST_PATHS:
            self._known.clear()
        self._known[event.code] = moment, where, doubt
        return where, doubt

    def chance(self, listing: Listing, moment: datetime) -> float:
        """The fair price of YES, in [0, 1]."""
        event, market = listing.event, listing.market
        if market.legs:
            product = 1.0
            for leg in market.legs:
                chance = self.chance(leg.listing, moment)
                product *= chance if leg.yes else 1.0 - chance
            return product
        where, doubt = self._state(event, moment)
        question = event.series.question
        if isinstance(question, Turnout):
            value = float(question.mean) + float(question.sigma) * where
            return min(max(value, 0.0), 1.0)
        if doubt == 0.0:
            return 1.0 if market.low < where <= market.high else 0.0
        above = phi((market.high - where) / doubt)
        return max(above - phi((market.low - where) / doubt), 0.0)

    def is_void(self, listing: Listing) -> bool:
        """Whether the event, or that of a leg, is called off, so that stakes go back."""
        if listing.market.legs:
            return any(self.is_void(leg.listing) for leg in listing.market.legs)
        odds = listing.series.void_percent
        return bool(odds) and share(key_of("void", self.seed, listing.event.code), 0) * 100 < odds

    def answer(self, listing: Listing) -> Decimal | None:
        """What one YES contract is paid, or None where the event is void."""
        if self.is_void(listing):
            return None
        chance = self.chance(listing, listing.event.close_time)
        return Decimal(round(chance * _MILLE)) / _MILLE
