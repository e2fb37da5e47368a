"""Buckets and costs: learned from the venue, documented before, never overdrawn."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core.errors import BusyError
from pmi_core.testing.misfortunes import ConnectionRefused
from pmi_core.transport.limits import Limits
from pmi_provider_kalshi.costs import Costs, bucket_of
from pmi_provider_kalshi.learning import take_over
from pmi_provider_kalshi.limits import BALANCE, BALANCES, READ, READS, WRITE, WRITES
from pmi_provider_kalshi.wire.limits import AccountLimits, BucketLimit, EndpointCost

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "method, path, bucket, cost",
    [
        ("GET", "/markets", READ, 10),
        ("GET", "/portfolio/orders/{order_id}", READ, 2),
        ("GET", "/portfolio/orders/{order_id}/queue_position", READ, 10),
        ("GET", "/portfolio/orders/queue_positions", READ, 10),
        ("GET", "/portfolio/balance", BALANCE, 1),
        ("POST", "/portfolio/events/orders", WRITE, 10),
        ("DELETE", "/portfolio/events/orders", WRITE, 2),
        ("DELETE", "/portfolio/events/orders/{order_id}", WRITE, 2),
        ("POST", "/portfolio/events/orders/{order_id}/amend", WRITE, 10),
        ("PUT", "/portfolio/order_groups/{group_id}/reset", WRITE, 10),
        ("POST", "/communications/quotes", WRITE, 2),
        ("PUT", "/communications/rfqs/{rfq_id}/quotes/{quote_id}/accept", WRITE, 10),
        ("DELETE", "/communications/rfqs/{rfq_id}/quotes/{quote_id}", WRITE, 2),
        ("POST", "/portfolio/subaccounts/transfer", READ, 10),
        ("POST", "/multivariate_event_collections/{ticker}", READ, 10),
    ],
)
def test_documented_costs_and_buckets(method, path, bucket, cost):
    assert (bucket_of(method, path), Costs().of(method, path)) == (bucket, cost)


def test_a_batch_is_billed_by_its_items():
    assert Costs().of("POST", "/portfolio/events/orders/batched", items=7) == 70
    assert Costs().of("DELETE", "/portfolio/events/orders/batched", items=7) == 14


@pytest.mark.parametrize("path", ["/trade-api/v2/markets/:ticker", "/markets/{x}", "/markets/*"])
def test_the_venues_own_list_replaces_the_documented_one(path):
    costs = Costs()
    costs.learn(20, [EndpointCost("get", path, 3)])
    assert costs.of("GET", "/markets/{ticker}") == 3
    assert costs.of("GET", "/markets") == 20
    assert costs.of("DELETE", "/portfolio/events/orders/{order_id}") == 20


async def test_opening_with_a_key_learns_the_tier(open_venue, exchange, key):
    costs = [{"method": "GET", "path": "/trade-api/v2/api_keys", "cost": 50}]
    exchange.tells_limits(read=(4000, 8000), write=(4000, 8000), tier="prime", costs=costs)
    exchange.answers("/api_keys", {"api_keys": []})
    async with await open_venue(**key) as venue:
        assert exchange.asked == ["GET /account/limits", "GET /account/endpoint_costs"]
        read, write, balance = venue.budgets()
        assert (read.name, read.rate, read.capacity) == ("read", 4000, 7400)
        assert (write.name, write.rate, write.capacity) == ("write", 4000, 7400)
        assert (balance.name, balance.rate, balance.capacity) == ("balance", 5, 1)
        before = venue.budgets()[0].available
        await venue.native.keys.list()
        assert before - venue.budgets()[0].available == 50


async def test_without_an_answer_the_documented_limits_hold(open_venue, exchange, key):
    exchange.strike(ConnectionRefused())
    async with await open_venue(**key) as venue:
        found = {budget.name: (budget.capacity, budget.rate) for budget in venue.budgets()}
    assert found == {"read": (200, 200), "write": (100, 100), "balance": (1, 1)}


async def test_nonsense_about_limits_is_not_believed(open_venue, exchange, key):
    exchange.answers("/account/limits", {"usage_tier": "basic", "read": {"refill_rate": 0}})
    async with await open_venue(**key) as venue:
        assert venue.budgets()[0].rate == 200


async def test_the_balance_has_its_own_bucket(keyed, exchange, clock):
    exchange.answers("/portfolio/balance", {"balance_dollars": "1.0000", "updated_ts": 1})
    told = {"total_resting_order_value": 0, "resting_order_value_breakdown": []}
    exchange.answers("/portfolio/summary/total_resting_order_value", told)
    start = clock.monotonic()
    for _ in range(4):
        await keyed.account.get_balance()
    assert clock.monotonic() - start == pytest.approx(3, abs=0.01), "one call a second, without burst"


class Server:
    """The venue's bucket, which refuses what it does not hold."""

    def __init__(self, clock, rate, capacity):
        self._clock, self._rate, self._capacity = clock, rate, capacity
        self._level, self._at = capacity, clock.monotonic()
        self.spent = 0.0
        self.refused = 0

    def ask(self, cost):
        now = self._clock.monotonic()
        self._level = min(self._capacity, self._level + (now - self._at) * self._rate)
        self._at = now
        if cost > self._level + 1e-6:
            self.refused += 1
        else:
            self._level -= cost
            self.spent += cost


@pytest.mark.parametrize("tier, rate, capacity", [("basic", 100, 100), ("premier", 1000, 2000)])
async def test_the_budget_is_used_and_never_overdrawn(clock, tier, rate, capacity):
    limits = Limits(READS, WRITES, BALANCES, clock=clock, longest_wait=60)
    bucket = BucketLimit(rate, capacity)
    take_over(AccountLimits(tier, bucket, bucket), limits)
    server = Server(clock, rate, capacity)
    ends = clock.monotonic() + 10

    async def caller(cost):
        while clock.monotonic() < ends:
            try:
                await limits.acquire(WRITE, cost, longest_wait=ends - clock.monotonic())
            except BusyError:
                return
            server.ask(cost)

    await asyncio.gather(*(caller((10, 2, 20)[number % 3]) for number in range(200)))
    assert server.refused == 0
    assert server.spent >= 0.97 * (capacity + 10 * rate)
