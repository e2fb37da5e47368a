"""Token buckets: what a member may ask a second, by tier (docs.kalshi.com, rate limits, June 2026)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from pmi_core.clock import Clock
from pmi_core.errors import SettingsError
from pmi_provider_kalshi.sandbox.refusals import too_many

__all__ = ["TIERS", "Bucket", "Buckets", "TokenBucket"]

Bucket = str
"""``read``, ``write`` or ``balance``."""

TIERS: Final = MappingProxyType(
    {
        "basic": ((200, 400), (100, 100)),
        "advanced": ((300, 600), (300, 600)),
        "premier": ((1000, 2000), (1000, 2000)),
        "paragon": ((2000, 4000), (2000, 4000)),
        "prime": ((4000, 8000), (4000, 8000)),
    }
)
"""Tier to rate and capacity of reads, and of writes."""


class TokenBucket:
    """Refills without pause up to its capacity."""

    def __init__(self, rate: float, capacity: float, clock: Clock) -> None:
        self.rate = rate
        self.capacity = capacity
        self._clock = clock
        self._tokens = capacity
        self._seen = clock.monotonic()

    def take(self, cost: float) -> bool:
        """Take ``cost`` tokens if they are there."""
        now = self._clock.monotonic()
        self._tokens = min(self.capacity, self._tokens + (now - self._seen) * self.rate)
        self._seen = now
        if self._tokens + 1e-9 < cost:
            return False
        self._tokens -= cost
        return True


class Buckets:
    """The buckets of the member, and one set for callers without a key.

    Raises:
        SettingsError: there is no such tier.
    """

    def __init__(self, tier: str, clock: Clock) -> None:
        if tier not in TIERS:
            raise SettingsError(f"{tier!r} is no tier", hint=f"give one of {', '.join(TIERS)}")
        self.tier = tier
        (self.read_rate, self.read_capacity), (self.write_rate, self.write_capacity) = TIERS[tier]
        balance = 1 if tier in ("basic", "advanced") else 5
        self._buckets = {
            ("key", "read"): TokenBucket(self.read_rate, self.read_capacity, clock),
            ("key", "write"): TokenBucket(self.write_rate, self.write_capacity, clock),
            ("key", "balance"): TokenBucket(balance, balance, clock),
            ("public", "read"): TokenBucket(self.read_rate, self.read_capacity, clock),
        }
        self.refused = 0

    def charge(self, bucket: Bucket, cost: int, *, keyed: bool) -> None:
        """Take what a call costs.

        Raises:
            Refusal: 429, without a word on when to come again.
        """
        if not self._buckets["key" if keyed else "public", bucket if keyed else "read"].take(cost):
            self.refused += 1
            raise too_many()
