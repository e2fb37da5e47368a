"""What is sent: hosts, paths, parameters, cost."""

from __future__ import annotations

import pytest

from pmi_core.errors import BusyError, Unreachable
from pmi_core.models import MarketQuery, MarketStatus
from pmi_core.testing.misfortunes import ConnectionRefused, TimeoutBeforeSend

pytestmark = pytest.mark.anyio
OPEN = MarketQuery(status=MarketStatus.OPEN)


@pytest.mark.parametrize(
    "settings, host",
    [
        ({"environment": "prod"}, "external-api.kalshi.com"),
        ({"environment": "demo"}, "external-api.demo.kalshi.co"),
        ({"environment": "custom", "rest_url": "https://own.example/trade-api/v2/"}, "own.example"),
    ],
)
async def test_each_environment_has_its_host(open_venue, exchange, row, settings, host):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    async with await open_venue(**settings) as venue:
        await venue.markets.get_market("kalshi:A-1")
    (request,) = exchange.requests
    assert (request.host, request.path) == (host, "/trade-api/v2/markets/A-1")
    assert not [name for name in request.headers if name.lower().startswith("kalshi-access")]


async def test_a_strange_ticker_cannot_leave_its_place(kalshi, exchange):
    exchange.answers("/markets/*", {"error": {"code": "not_found"}}, code=404)
    exchange.answers("/historical/markets/*", {"error": {"code": "not_found"}}, code=404)
    with pytest.raises(Exception, match=r"no market 'A/\.\./\?x='"):
        await kalshi.markets.get_market("kalshi:A/../?x=")
    assert all(request.query == () for request in exchange.requests)


async def test_every_call_costs_ten_tokens_of_the_read_budget(kalshi, exchange, row):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    (before,) = kalshi.budgets()
    await kalshi.markets.get_market("kalshi:A-1")
    (after,) = kalshi.budgets()
    assert (before.name, before.capacity, before.rate, before.available) == ("read", 200, 200, 200)
    assert after.available == 190


async def test_more_calls_than_the_budget_wait(kalshi, exchange, row, clock):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    start = clock.monotonic()
    for _ in range(40):
        await kalshi.markets.get_market("kalshi:A-1")
    assert clock.monotonic() - start == pytest.approx(1.0, abs=0.06)


async def test_one_too_many_says_when_to_come_back(kalshi, exchange):
    exchange.answers("/markets/A-1", {"error": "too many requests"}, code=429)
    with pytest.raises(BusyError, match="too many requests") as refusal:
        await kalshi.markets.get_market("kalshi:A-1")
    assert refusal.value.retry_after > 0
    assert len(exchange.requests) == 3


@pytest.mark.parametrize("misfortune", [ConnectionRefused(), TimeoutBeforeSend()])
async def test_without_a_network_it_is_said_soon(kalshi, exchange, clock, misfortune):
    exchange.strike(misfortune)
    start = clock.monotonic()
    with pytest.raises(Unreachable) as failure:
        await kalshi.markets.list_markets(OPEN)
    assert "external-api.demo.kalshi.co" in str(failure.value)
    assert (failure.value.venue, failure.value.capability) == ("kalshi", "markets")
    assert clock.monotonic() - start < 2
    assert len(exchange.requests) == 3


async def test_a_closed_venue_stays_closed(open_venue, exchange, row):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    venue = await open_venue()
    await venue.markets.get_market("kalshi:A-1")
    await venue.aclose()
    with pytest.raises(Exception, match="closed"):
        await venue.markets.get_market("kalshi:A-1")
