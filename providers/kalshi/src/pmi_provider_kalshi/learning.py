"""The account's own limits, asked of the venue when it is opened."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from pmi_core.errors import PmiError
from pmi_core.transport.limits import Limits
from pmi_provider_kalshi.costs import Costs
from pmi_provider_kalshi.limits import BALANCES, BALANCES_ABOVE_ADVANCED, JITTER, READ, WRITE
from pmi_provider_kalshi.portfolio import Portfolio
from pmi_provider_kalshi.wire.limits import AccountLimits, BucketLimit

__all__ = ["learn_limits", "take_over"]

_log: Final = logging.getLogger("pmi_provider_kalshi")
_CAPABILITY: Final = "account"
_PATIENCE: Final = 5.0
"""Seconds that opening may take longer for it; without an answer the documented numbers hold."""
_LOWER_TIERS: Final = frozenset({"basic", "advanced"})


async def learn_limits(portfolio: Portfolio, costs: Costs, limits: Limits) -> None:
    """Ask for tier and costs; where they cannot be had, everything stays as documented."""

    async def tier() -> None:
        take_over(await portfolio.account_limits(capability=_CAPABILITY), limits)

    async def prices() -> None:
        told = await portfolio.endpoint_costs(capability=_CAPABILITY)
        costs.learn(told.default_cost, told.endpoint_costs or ())

    for ask in (tier, prices):
        try:
            async with asyncio.timeout(_PATIENCE):
                await ask()
        except (PmiError, TimeoutError) as error:
            _log.info("limits stay as documented: %s", error)
            return


def take_over(told: AccountLimits, limits: Limits) -> None:
    """Set the buckets to the tier that the venue tells."""
    _set(limits, READ, told.read)
    _set(limits, WRITE, told.write)
    balance = BALANCES if told.usage_tier in _LOWER_TIERS else BALANCES_ABOVE_ADVANCED
    limits.set(balance.name, burst=balance.burst, rate=balance.rate)


def _set(limits: Limits, name: str, told: BucketLimit) -> None:
    """A little less than the bucket holds: calls may come closer together on the way than they left."""
    rate = float(told.refill_rate)
    burst = max(told.bucket_capacity - rate * JITTER, min(float(told.bucket_capacity), 10.0))
    limits.set(name, burst=burst, rate=rate)
