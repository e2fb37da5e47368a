"""Rate limits of the account and costs of calls (OpenAPI 3.34.0)."""

from __future__ import annotations

from typing import Annotated

import msgspec

__all__ = ["AccountLimits", "BucketLimit", "EndpointCost", "EndpointCosts", "Grant"]

Positive = Annotated[int, msgspec.Meta(gt=0)]


class BucketLimit(msgspec.Struct, frozen=True):
    """Tokens that flow back per second, and how many a bucket holds."""

    refill_rate: Positive
    bucket_capacity: Positive


class Grant(msgspec.Struct, frozen=True):
    """A tier that the account was given, for one lane of the exchange."""

    exchange_instance: str
    level: str
    source: str
    expires_ts: int | None = None


class AccountLimits(msgspec.Struct, frozen=True):
    """Of GET /account/limits."""

    usage_tier: str
    read: BucketLimit
    write: BucketLimit
    grants: list[Grant] | None = None


class EndpointCost(msgspec.Struct, frozen=True):
    """An endpoint that does not cost the default."""

    method: str
    path: str
    cost: Annotated[int, msgspec.Meta(ge=0)]


class EndpointCosts(msgspec.Struct, frozen=True):
    """Of GET /account/endpoint_costs."""

    default_cost: Positive
    endpoint_costs: list[EndpointCost] | None = None
