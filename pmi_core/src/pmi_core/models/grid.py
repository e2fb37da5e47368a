"""Which limit prices a market takes: a tagged union with one method, ``snap``.

A grid binds limit prices only; trades and fills may happen at any price.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pmi_core.models.model import Model
from pmi_core.numbers import ONE, WIDE, ZERO, Price, Rounding, round_to

__all__ = ["LadderGrid", "PriceGrid", "PriceRange", "RangesGrid", "SignificantGrid", "cent_grid"]


class PriceRange(Model):
    """Prices from ``start`` to ``end``, both included, ``step`` apart."""

    start: Price
    end: Price
    step: Price

    @model_validator(mode="after")
    def _is_a_range(self) -> PriceRange:
        if self.step <= 0 or self.end < self.start:
            raise ValueError("a price range needs start <= end and a positive step")
        return self

    def nearest(self, price: Decimal, rounding: Rounding) -> Decimal | None:
        """The price of this band nearest to ``price`` in the named direction."""
        price = min(max(price, self.start), self.end)
        found = self.start + round_to(price - self.start, self.step, rounding)
        if found > self.end:
            found -= self.step
        return found if self.start <= found <= self.end else None

    def above(self, price: Decimal) -> Decimal | None:
        """The lowest price of this band that is more than ``price``."""
        if price < self.start:
            return self.start
        found = self.start + round_to(price - self.start, self.step, Rounding.FLOOR) + self.step
        return found if found <= self.end else None


class _Grid(Model):
    def contains(self, price: Decimal) -> bool:
        """Whether a limit order may stand at ``price``."""
        return ZERO < price < ONE and self.snap(price, towards=Rounding.FLOOR) == price

    def snap(self, price: Decimal, *, towards: Rounding) -> Decimal | None:
        """The nearest tradable price in the named direction, or None if there is none.

        ``FLOOR``/``DOWN`` never give more than ``price``, ``CEILING``/``UP`` never less,
        ``HALF_EVEN`` gives the nearest, the lower one on a tie.  0 and 1 are never tradable.
        """
        if towards in (Rounding.FLOOR, Rounding.DOWN):
            return self._at_or_below(price)
        if towards in (Rounding.CEILING, Rounding.UP):
            return self._at_or_above(price)
        below, above = self._at_or_below(price), self._at_or_above(price)
        if below is None or above is None:
            return above if below is None else below
        return below if price - below <= above - price else above

    def tick_at(self, price: Decimal) -> Decimal | None:
        """The tick above ``price``: from the tradable price at or below it to the next higher one.

        Below the lowest tradable price, the distance to that one; None at the top.
        """
        below = self._at_or_below(price)
        if below is None:
            below = price
        above = self._next_above(below)
        return None if above is None else above - below

    @abstractmethod
    def _at_or_below(self, price: Decimal) -> Decimal | None:
        """The highest tradable price that is not above ``price``."""

    @abstractmethod
    def _at_or_above(self, price: Decimal) -> Decimal | None:
        """The lowest tradable price that is not below ``price``."""

    @abstractmethod
    def _next_above(self, price: Decimal) -> Decimal | None:
        """The lowest tradable price above ``price``."""


class RangesGrid(_Grid):
    """Bands of prices, each with a tick; touching bands share their common price."""

    kind: Literal["ranges"] = "ranges"
    ranges: tuple[PriceRange, ...] = Field(min_length=1)

    def _tradable(self, prices: list[Decimal]) -> list[Decimal]:
        return [price for price in prices if ZERO < price < ONE]

    def _at_or_below(self, price: Decimal) -> Decimal | None:
        found = []
        for band in self.ranges:
            if band.start > price:
                continue
            best = band.nearest(price, Rounding.FLOOR)
            while best is not None and best >= ONE and best - band.step >= band.start:
                best -= band.step
            if best is not None and best <= price:
                found.append(best)
        return max(self._tradable(found), default=None)

    def _at_or_above(self, price: Decimal) -> Decimal | None:
        found = []
        for band in self.ranges:
            if band.end < price:
                continue
            best = band.nearest(price, Rounding.CEILING)
            while best is not None and best <= ZERO and best + band.step <= band.end:
                best += band.step
            if best is not None and best >= price:
                found.append(best)
        return min(self._tradable(found), default=None)

    def _next_above(self, price: Decimal) -> Decimal | None:
        above = [band.above(max(price, ZERO)) for band in self.ranges]
        return min(self._tradable([found for found in above if found is not None]), default=None)


class LadderGrid(_Grid):
    """An explicit list of prices, ascending."""

    kind: Literal["ladder"] = "ladder"
    prices: tuple[Price, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascends(self) -> LadderGrid:
        pairs = pairwise(self.prices)
        if any(low >= high for low, high in pairs) or not (self.prices[0] > ZERO and self.prices[-1] < ONE):
            raise ValueError("a ladder ascends strictly and lies inside (0, 1)")
        return self

    def _at_or_below(self, price: Decimal) -> Decimal | None:
        place = bisect_right(self.prices, price)
        return self.prices[place - 1] if place else None

    def _at_or_above(self, price: Decimal) -> Decimal | None:
        place = bisect_left(self.prices, price)
        return self.prices[place] if place < len(self.prices) else None

    def _next_above(self, price: Decimal) -> Decimal | None:
        place = bisect_right(self.prices, price)
        return self.prices[place] if place < len(self.prices) else None


class SignificantGrid(_Grid):
    """Prices with at most ``figures`` significant digits and ``max_decimals`` decimals."""

    kind: Literal["significant"] = "significant"
    figures: int = Field(ge=1, le=18)
    max_decimals: int = Field(ge=1, le=18)

    def _step(self, price: Decimal) -> Decimal:
        finest = -self.max_decimals
        wanted = price.adjusted() - self.figures + 1 if price else finest
        return Decimal(1).scaleb(max(finest, wanted), context=WIDE)

    def _at_or_below(self, price: Decimal) -> Decimal | None:
        if price >= ONE:
            price = ONE - Decimal(1).scaleb(-min(self.figures, self.max_decimals), context=WIDE)
        if price <= ZERO:
            return None
        found = round_to(price, self._step(price), Rounding.FLOOR)
        return found if ZERO < found < ONE else None

    def _at_or_above(self, price: Decimal) -> Decimal | None:
        if price >= ONE:
            return None
        smallest = Decimal(1).scaleb(-self.max_decimals, context=WIDE)
        found = round_to(max(price, smallest), self._step(max(price, smallest)), Rounding.CEILING)
        return found if ZERO < found < ONE else None

    def _next_above(self, price: Decimal) -> Decimal | None:
        below = self._at_or_below(price)
        if below is None:
            return self._at_or_above(ZERO)
        return self._at_or_above(below + self._step(below))


PriceGrid = Annotated[RangesGrid | LadderGrid | SignificantGrid, Field(discriminator="kind")]
"""Which limit prices are tradable; ``kind`` says how they are described."""


def cent_grid() -> RangesGrid:
    """One tick a cent, from 0.01 to 0.99."""
    return RangesGrid(ranges=(PriceRange(start=ZERO, end=ONE, step=Decimal("0.01")),))
