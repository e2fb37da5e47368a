"""The simulated members of one exchange: what they quote and trade, at any step, in any order.

Time goes in steps of equal length, counted since 1970, so that the members act at the same
moments however often anybody looks.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from pmi_core.models import Execution
from pmi_core.numbers import ZERO
from pmi_provider_paper.catalogue.plans import Listing
from pmi_provider_paper.simulation.beliefs import Beliefs
from pmi_provider_paper.simulation.ladder import Ladder, half_spread, quote
from pmi_provider_paper.simulation.noise import key_of, share

__all__ = ["Crowd", "FlowTrade"]

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = 3600
_MICRO: Final = 1_000_000
_KEPT: Final = 30_000
_NOTHING: Final = Ladder((), ())
_EDGE: Final = 0.005
_FINE: Final = 10_000


class FlowTrade(NamedTuple):
    """A trade between two simulated members."""

    id: str
    step: int
    price: Decimal
    size: Decimal
    taker_yes: bool
    """Whether the taker bought YES; otherwise it bought NO."""


class Crowd:
    """Makers and takers of every market under one seed.

    Args:
        pace: the length of a step.
        live: whether prices move and members trade; quotes stand still otherwise.
    """

    def __init__(self, seed: int, pace: timedelta, *, live: bool = True) -> None:
        self.seed = seed
        self.live = live
        self.beliefs = Beliefs(seed, live=live)
        self._pace = pace // timedelta(microseconds=1)
        self._keys: dict[str, int] = {}
        self._flow: OrderedDict[tuple[str, int], tuple[FlowTrade, ...]] = OrderedDict()

    def step_of(self, moment: datetime) -> int:
        """The last step that is not after a moment."""
        return ((moment - _START) // timedelta(microseconds=1)) // self._pace

    def moment_of(self, step: int) -> datetime:
        """When a step happens."""
        return _START + timedelta(microseconds=step * self._pace)

    def key(self, code: str) -> int:
        """The market's own source of chance."""
        found = self._keys.get(code)
        if found is None:
            found = self._keys[code] = key_of("market", self.seed, code)
        return found

    def trades_at(self, listing: Listing, moment: datetime) -> bool:
        """Whether the market takes orders at a moment."""
        event = listing.event
        if not event.open_time <= moment < event.close_time:
            return False
        return event.pause is None or not event.pause[0] <= moment < event.pause[1]

    def chance(self, listing: Listing, step: int) -> float:
        """The fair price of YES at a step."""
        moment = self.moment_of(step)
        pause = listing.event.pause
        if pause is not None and pause[0] <= moment < pause[1]:
            moment = pause[0]
        return self.beliefs.chance(listing, moment)

    def ladder(self, listing: Listing, step: int, *, best_only: bool = False) -> Ladder:
        """The makers' orders from a step on; nothing before opening and after the close."""
        event = listing.event
        moment = self.moment_of(step + 1)
        if moment <= event.open_time or self.moment_of(step) >= event.close_time:
            return _NOTHING
        seen = step if self.live else 0
        if event.pause is not None and event.pause[0] <= self.moment_of(step) < event.pause[1]:
            seen = self.step_of(event.pause[0])
        key = self.key(listing.code)
        return quote(listing.series, key, self.chance(listing, step), seen, best_only=best_only)

    def curve_price(self, listing: Listing, step: int) -> Decimal:
        """Where the members hold the price of a market maker's curve, between 0.01 and 0.99."""
        chance = min(max(self.chance(listing, step), 0.01), 0.99)
        return Decimal(round(chance * _FINE)) / _FINE

    def hour_of(self, moment: datetime) -> int:
        """The hour since 1970 in which a moment lies."""
        return (moment - _START) // timedelta(hours=1)

    def _units(self, listing: Listing, hour: int) -> int:
        """Size steps that change hands in an hour."""
        event = listing.event
        start = _START + timedelta(hours=hour)
        if not self.live or listing.market.legs or not event.open_time <= start < event.close_time:
            return 0
        luck = share(self.key(listing.code), hour, 5)
        contracts = listing.series.activity * (0.2 + 1.6 * luck)
        return max(1, round(contracts / float(listing.series.size_step)))

    def volume(self, listing: Listing, hour: int) -> Decimal:
        """Contracts that change hands in a whole hour."""
        return self._units(listing, hour) * listing.series.size_step

    def flow(self, listing: Listing, hour: int) -> tuple[FlowTrade, ...]:
        """The trades of an hour, oldest first; their sizes add up to its volume."""
        name = (listing.code, hour)
        found = self._flow.get(name)
        if found is None:
            found = self._make_flow(listing, hour)
            self._flow[name] = found
            if len(self._flow) > _KEPT:
                self._flow.popitem(last=False)
        return found

    def _make_flow(self, listing: Listing, hour: int) -> tuple[FlowTrade, ...]:
        units = self._units(listing, hour)
        if not units:
            return ()
        key = self.key(listing.code)
        most = min(1 + listing.series.activity // 30, 12)
        count = min(1 + int(share(key, hour, 6) * most), units)
        weights = [0.1 + share(key, hour, 10 + place) for place in range(count)]
        sizes = [max(1, int(units * weight / sum(weights))) for weight in weights]
        sizes[-1] += units - sum(sizes)
        if sizes[-1] < 1:  # rounding up of the others took it all
            sizes = [units]
        first = self._ceil_step(hour)
        within = self._ceil_step(hour + 1) - first
        steps = sorted(first + int(share(key, hour, 40 + place) * within) for place in range(len(sizes)))
        made = []
        for place, (step, size) in enumerate(zip(steps, sizes, strict=True)):
            yes = share(key, hour, 70 + place) < 0.5
            price, yes, step = self._print(listing, self._outside_pause(listing, step), yes=yes)
            made.append(
                FlowTrade(f"{listing.code}.{hour:x}{place:02}", step, price, size * listing.series.size_step, yes)
            )
        return tuple(made)

    def _ceil_step(self, hour: int) -> int:
        return -(-hour * _HOUR * _MICRO // self._pace)

    def _outside_pause(self, listing: Listing, step: int) -> int:
        pause = listing.event.pause
        if pause is None or not pause[0] <= self.moment_of(step) < pause[1]:
            return step
        return self.step_of(pause[0]) - 1

    def _print(self, listing: Listing, step: int, *, yes: bool) -> tuple[Decimal, bool, int]:
        if listing.series.execution is Execution.AMM:
            price = self.curve_price(listing, step) + (Decimal("0.002") if yes else Decimal("-0.002"))
            return price, yes, step
        ladder = self.ladder(listing, step, best_only=True)
        if not (ladder.asks if yes else ladder.bids):
            yes = not yes
        side = ladder.asks if yes else ladder.bids
        return side[0].price, yes, step

    def spread(self, listing: Listing, step: int) -> float:
        """Half of what the makers of a market want between bid and ask."""
        return half_spread(self.key(listing.code), self.chance(listing, step), step) + _EDGE

    @staticmethod
    def total(trades: tuple[FlowTrade, ...]) -> Decimal:
        """Contracts of several trades."""
        return sum((trade.size for trade in trades), ZERO)
