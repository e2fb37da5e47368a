"""What the sandbox's members believe: the fair price of every market at every moment, under a seed."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal
from typing import Final

from pmi_provider_kalshi.sandbox.noise import drift, share
from pmi_provider_kalshi.sandbox.scenario.plans import EventPlan, MarketPlan, Shape

__all__ = ["Beliefs"]

_LONG: Final = 6 * 3600
_MIDDLE: Final = 1200
_SHORT: Final = 45


class Beliefs:
    """Chances as a function of time.

    Args:
        seed: of every chance.
        still: the moment at which chances stand, or None where they move.
    """

    def __init__(self, seed: int, still: datetime | None = None) -> None:
        self._seed = seed
        self._still = still

    def chance(self, event: EventPlan, market: MarketPlan, when: datetime) -> float:
        """The chance that a market comes true, between 0.01 and 0.99."""
        now = (self._still or when).timestamp()
        if event.shape is Shape.LADDER:
            value = event.center + event.spread * 0.6 * self._move(event.ticker, now)
            strike = float(market.floor if market.floor is not None else market.cap or 0)
            odds = (value - strike) / (event.spread / 1.7)
            chance = 1 / (1 + math.exp(max(min(odds, 40.0), -40.0) * (-1 if market.floor is not None else 1)))
        elif event.shape is Shape.ONE_OF:
            weights = [math.exp(one.weight + self._move(one.ticker, now)) for one in event.markets]
            chance = math.exp(market.weight + self._move(market.ticker, now)) / sum(weights)
        else:
            chance = 1 / (1 + math.exp(-market.weight - self._move(market.ticker, now)))
        return min(max(chance, 0.01), 0.99)

    def _move(self, name: str, now: float) -> float:
        seed = self._seed
        return (
            0.5 * drift(now, _LONG, seed, name)
            + 0.2 * drift(now, _MIDDLE, seed, name)
            + 0.06 * drift(now, _SHORT, seed, name)
        )

    def results(self, event: EventPlan) -> dict[str, Decimal]:
        """What one YES contract of each market pays in the end."""
        one, nothing = Decimal(1), Decimal(0)
        if event.shape is Shape.LADDER:
            luck = share(self._seed, "result", event.ticker)
            value = event.center + event.spread * (luck - 0.5)
            return {
                market.ticker: one
                if (
                    value > float(market.floor)
                    if market.floor is not None
                    else value < float(market.cap or 0)
                )
                else nothing
                for market in event.markets
            }
        end = event.close_time
        luck = share(self._seed, "result", event.ticker)
        paid = {market.ticker: nothing for market in event.markets}
        if event.shape is Shape.ALONE:
            for market in event.markets:
                luck = share(self._seed, "result", market.ticker)
                paid[market.ticker] = one if luck < self.chance(event, market, end) else nothing
            return paid
        chances = [self.chance(event, market, end) for market in event.markets]
        luck *= sum(chances)
        for market, chance in zip(event.markets, chances, strict=True):
            luck -= chance
            if luck < 0:
                paid[market.ticker] = one
                return paid
        paid[event.markets[-1].ticker] = one
        return paid
