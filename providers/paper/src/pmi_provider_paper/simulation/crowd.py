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
from pmi_provider_paper.simulation.noise import key_of, share, word

__all__ = ["Crowd", "FlowTrade", "Sketch"]

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = 3600
_MICRO: Final = 1_000_000
_KEPT: Final = 30_000
_NOTHING: Final = Ladder((), ())
_EDGE: Final = 0.005
_FINE: Final = 10_000
_SLIP: Final = Decimal("0.002")


class Sketch(NamedTuple):
    """A trade before its price is known."""

    id: str
    step: int
    size: Decimal
    taker_yes: bool


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
        self._sums: dict[str, list[int]] = {}
        self._parts: OrderedDict[tuple[str, int], tuple[int, ...]] = OrderedDict()
        self._sketches: OrderedDict[tuple[str, int], tuple[Sketch, ...]] = OrderedDict()
        self._priced: OrderedDict[str, FlowTrade] = OrderedDict()

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
            if len(self._keys) >= _KEPT:
                self._keys.clear()
            found = self._keys[code] = key_of("market", self.seed, code)
        return found

    def trades_at(self, listing: Listing, moment: datetime) -> bool:
        """Whether the market takes orders at a moment."""
        event = listing.event
        if not event.is_open(moment):
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
        """The makers' orders from a step on; nothing before opening and while the market is closed."""
        event = listing.event
        moment = self.moment_of(step + 1)
        if moment <= event.open_time or self.moment_of(step) >= event.close_time:
            return _NOTHING
        off = event.broken_off
        if off is not None and off[0] <= self.moment_of(step) < off[1]:
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

    # ----------------------------------------------------------------------------------- trading

    def _blocks(self, listing: Listing) -> tuple[int, int]:
        """The hour in which trading begins, and the days that it lasts."""
        event = listing.event
        return self.hour_of(event.open_time), (event.close_time - event.open_time).days

    def _day(self, listing: Listing, day: int) -> int:
        """Size steps that change hands on a market's trading day."""
        luck = share(self.key(listing.code), day, 5)
        contracts = listing.series.activity * 24 * (0.4 + 1.2 * luck)
        return max(24, round(contracts / float(listing.series.size_step)))

    def traded(self, listing: Listing, hour: int) -> Decimal:
        """Contracts that the members traded before an hour."""
        if not self.live or listing.market.legs:
            return ZERO
        first, days = self._blocks(listing)
        gone = min(max(hour - first, 0), days * 24)
        whole, rest = divmod(gone, 24)
        if len(self._sums) >= _KEPT:
            self._sums.clear()
        sums = self._sums.setdefault(listing.code, [0])
        while len(sums) <= whole:
            sums.append(sums[-1] + self._day(listing, len(sums) - 1))
        units = sums[whole]
        if rest:
            units += self._until(listing, whole, rest)
        return units * listing.series.size_step

    def _until(self, listing: Listing, day: int, hours: int) -> int:
        """Size steps of the first hours of a day; the whole day is made of all 24."""
        parts = self._parts.get((listing.code, day))
        if parts is None:
            key, total = self.key(listing.code), self._day(listing, day)
            bits = word(key, day, 21) | word(key, day, 22) << 64
            weights = [6 + (bits >> 5 * place & 31) for place in range(24)]
            whole, reached, made = sum(weights), 0, [0]
            for weight in weights:
                reached += weight
                made.append(total * reached // whole)
            parts = self._parts[listing.code, day] = tuple(made)
            if len(self._parts) > _KEPT:
                self._parts.popitem(last=False)
        return parts[hours]

    def _units(self, listing: Listing, hour: int) -> int:
        """Size steps that change hands in an hour."""
        first, days = self._blocks(listing)
        day, place = divmod(hour - first, 24)
        if not self.live or listing.market.legs or not 0 <= day < days:
            return 0
        return self._until(listing, day, place + 1) - self._until(listing, day, place)

    def flow(self, listing: Listing, hour: int) -> tuple[FlowTrade, ...]:
        """The trades of an hour, oldest first; their sizes add up to its volume."""
        return tuple(self.priced(listing, sketch) for sketch in self.sketches(listing, hour))

    def sketches(self, listing: Listing, hour: int) -> tuple[Sketch, ...]:
        """When and how much is traded in an hour; the prices come with :meth:`priced`."""
        name = (listing.code, hour)
        found = self._sketches.get(name)
        if found is None:
            found = self._sketches[name] = self._sketch(listing, hour)
            if len(self._sketches) > _KEPT:
                self._sketches.popitem(last=False)
        return found

    def _sketch(self, listing: Listing, hour: int) -> tuple[Sketch, ...]:
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
        return tuple(
            Sketch(
                f"{listing.code}.{hour:x}{place:02}",
                self._outside_halts(listing, step),
                size * listing.series.size_step,
                share(key, hour, 70 + place) < 0.5,
            )
            for place, (step, size) in enumerate(zip(steps, sizes, strict=True))
        )

    def priced(self, listing: Listing, sketch: Sketch) -> FlowTrade:
        """A trade with the price at which the makers stood then."""
        found = self._priced.get(sketch.id)
        if found is None:
            price, yes = self._price(listing, sketch.step, yes=sketch.taker_yes)
            found = self._priced[sketch.id] = FlowTrade(sketch.id, sketch.step, price, sketch.size, yes)
            if len(self._priced) > _KEPT:
                self._priced.popitem(last=False)
        return found

    def _ceil_step(self, hour: int) -> int:
        return -(-hour * _HOUR * _MICRO // self._pace)

    def _outside_halts(self, listing: Listing, step: int) -> int:
        """The step itself, or the last one before a pause or a break in which it would lie."""
        event, moment = listing.event, self.moment_of(step)
        for halt in (event.pause, event.broken_off):
            if halt is not None and halt[0] <= moment < halt[1]:
                return self.step_of(halt[0]) - 1
        return step

    def _price(self, listing: Listing, step: int, *, yes: bool) -> tuple[Decimal, bool]:
        if listing.series.execution is Execution.AMM:
            return self.curve_price(listing, step) + (_SLIP if yes else -_SLIP), yes
        ladder = self.ladder(listing, step, best_only=True)
        if not (ladder.asks if yes else ladder.bids):
            yes = not yes
        side = ladder.asks if yes else ladder.bids
        return side[0].price, yes

    def spread(self, listing: Listing, step: int) -> float:
        """Half of what the makers of a market want between bid and ask."""
        return half_spread(self.key(listing.code), self.chance(listing, step), step) + _EDGE
