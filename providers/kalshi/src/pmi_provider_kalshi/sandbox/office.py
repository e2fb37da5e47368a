"""What all desks share: the floor, the member's books, ids, keys and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from pmi_core.clock import Clock
from pmi_provider_kalshi.sandbox.buckets import Buckets
from pmi_provider_kalshi.sandbox.floor import Floor, FloorPlan
from pmi_provider_kalshi.sandbox.keys import KeyRing
from pmi_provider_kalshi.sandbox.names import MEMBER, Names
from pmi_provider_kalshi.sandbox.records import Records

__all__ = ["Office", "OfficePlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePlan:
    """How the exchange behaves.

    Attributes:
        tier: of the rate limits.
        read_lag: how much later private reads show what was written.
    """

    floor: FloorPlan = field(default_factory=FloorPlan)
    tier: str = "basic"
    read_lag: timedelta = timedelta(0)


class Office:
    """The exchange behind the desks."""

    def __init__(self, plan: OfficePlan, clock: Clock) -> None:
        self.plan = plan
        self.clock = clock
        self.names = Names(plan.floor.seed)
        self.floor = Floor(plan.floor, clock)
        self.engine = self.floor.engine
        self.records = Records(self.floor, self.names, plan.read_lag)
        self.ring = KeyRing()
        self.buckets = Buckets(plan.tier, clock)
        self.subaccounts: list[int] = [0]

    @property
    def user(self) -> str:
        """The member's user id."""
        return self.names.user_of(MEMBER)

    @property
    def alias(self) -> str:
        """The member's name in communications."""
        return self.names.alias_of(MEMBER)

    @property
    def cash(self) -> Decimal:
        """What the member begins with on each shard."""
        return self.plan.floor.cash
