"""What calls cost, in tokens, and from which of the venue's buckets they are paid.

A call costs 10 tokens unless the venue lists it with another cost; each item of a batch is billed.
Orders, order groups and the negotiation of quotes draw on the write bucket, everything else on the
read bucket, and the balance has a bucket of its own (docs.kalshi.com, rate limits, June 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pmi_provider_kalshi.limits import BALANCE, CALL_COST, READ, WRITE
from pmi_provider_kalshi.wire.limits import EndpointCost

__all__ = ["Costs", "bucket_of"]

_ROOT: Final = "/trade-api/v2"
_PLACEHOLDER: Final = re.compile(r"\{[^/]*\}|:[^/]+|\*")
_WRITES: Final = (
    "/portfolio/events/orders",
    "/portfolio/order_groups",
    "/communications/rfqs",
    "/communications/quotes",
)

_DOCUMENTED: Final = {
    ("POST", "/account/api_usage_level/upgrade"): 30,
    ("GET", "/portfolio/orders/{order_id}"): 2,
    ("DELETE", "/portfolio/events/orders"): 2,
    ("DELETE", "/portfolio/events/orders/batched"): 2,
    ("DELETE", "/portfolio/events/orders/{order_id}"): 2,
    ("POST", "/communications/quotes"): 2,
    ("GET", "/communications/quotes/{quote_id}"): 2,
    ("DELETE", "/communications/quotes/{quote_id}"): 2,
    ("GET", "/communications/rfqs/{rfq_id}/quotes/{quote_id}"): 2,
    ("DELETE", "/communications/rfqs/{rfq_id}/quotes/{quote_id}"): 2,
}
"""Endpoints that do not cost 10 (GET /account/endpoint_costs, recorded on 2026-07-06; OpenAPI 3.34.0)."""


def bucket_of(method: str, template: str) -> str:
    """The bucket that a call is paid from."""
    if template == "/portfolio/balance":
        return BALANCE
    if method != "GET" and template.startswith(_WRITES):
        return WRITE
    return READ


class Costs:
    """Costs by endpoint: the documented ones, until the venue's own list is taken over."""

    def __init__(self) -> None:
        self._default = CALL_COST
        self._listed = {_key(*name): float(cost) for name, cost in _DOCUMENTED.items()}

    def learn(self, default: int, listed: Iterable[EndpointCost]) -> None:
        """Take over the venue's list; what it does not name costs its default."""
        self._default = float(default)
        self._listed = {_key(row.method, row.path): float(row.cost) for row in listed}

    def of(self, method: str, template: str, *, items: int = 1) -> float:
        """What one call costs, or a batch of ``items``; a call to the balance is counted as one.

        Args:
            method: such as ``GET``.
            template: the endpoint's path below the root, ids written as ``{name}``.
            items: how many orders a batch holds.
        """
        if template == "/portfolio/balance":
            return 1.0
        return self._listed.get(_key(method, template), self._default) * max(items, 1)


def _key(method: str, path: str) -> tuple[str, str]:
    return method.upper(), _PLACEHOLDER.sub("*", path.removeprefix(_ROOT).rstrip("/"))
